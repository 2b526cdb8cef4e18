// A worker of bench/search.mjs: one command a line, one line of JSON back.
//   load GALLERY PROBES PEOPLE DIMENSIONS   reads the first PEOPLE rows of a file of floats, and all probes of another
//   find FIRST COUNT THREADS                looks up COUNT probes, one after another
//   clients COUNT THREADS                   looks up the first COUNT probes in each of THREADS threads at once, each search on its own
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using FaceEdge.Gallery;

EncodingMatrix matrix = new(1);
float[][] probes = [];
while (Console.ReadLine() is { } line)
{
    string[] words = line.Split(' ');
    int Number(int index) => int.Parse(words[index], CultureInfo.InvariantCulture);
    switch (words[0])
    {
        case "load":
            matrix.Dispose();
            var clock = Stopwatch.StartNew();
            matrix = new EncodingMatrix(Number(4));
            foreach (float[] row in Rows(words[1], Number(4), Number(3)))
            {
                matrix.Add(row);
            }

            probes = [.. Rows(words[2], Number(4), int.MaxValue).Select(static row => row.ToArray())];
            Say($"\"seconds\":{Figure(clock.Elapsed.TotalSeconds)}");
            break;
        case "find":
            var times = new List<double>();
            var rows = new List<int>();
            TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;
            for (int i = Number(1); i < Number(1) + Number(2); i++)
            {
                long start = Stopwatch.GetTimestamp();
                rows.Add(matrix.FindBest(probes[i], Number(3) - 1).Row);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            double cpu = (Environment.CpuUsage.TotalTime - cpuBefore).TotalMilliseconds / times.Count;
            Say($"\"times\":[{string.Join(',', times.Select(Figure))}],\"cpuMs\":{Figure(cpu)},\"rows\":[{string.Join(',', rows)}]");
            break;
        case "clients":
            var whole = Stopwatch.StartNew();
            Thread[] clients = [.. Enumerable.Range(0, Number(2)).Select(_ => new Thread(() =>
            {
                for (int i = 0; i < Number(1); i++)
                {
                    matrix.FindBest(probes[i]);
                }
            }))];
            Array.ForEach(clients, static client => client.Start());
            Array.ForEach(clients, static client => client.Join());
            Say($"\"perSecond\":{Figure(Number(1) * clients.Length / whole.Elapsed.TotalSeconds)}");
            break;
        default:
            throw new ArgumentException($"unknown command {words[0]}");
    }
}

static void Say(string fields) => Console.WriteLine($"{{{fields}}}");

static string Figure(double value) => value.ToString("0.00000", CultureInfo.InvariantCulture);

// The same array for each row: copy what you keep.
static IEnumerable<float[]> Rows(string file, int dimensions, int most)
{
    using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
    var row = new float[dimensions];
    for (int i = 0; i < most && stream.ReadAtLeast(MemoryMarshal.AsBytes(row.AsSpan()), dimensions * sizeof(float), throwOnEndOfStream: false) > 0; i++)
    {
        yield return row;
    }
}
