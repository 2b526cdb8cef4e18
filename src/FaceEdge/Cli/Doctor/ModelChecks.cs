using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using FaceEdge.Imaging;
using FaceEdge.Vision;

namespace FaceEdge.Cli.Doctor;

/// <summary>Libraries, models, and whether they recognise in a reasonable time.</summary>
internal static class ModelChecks
{
    /// <summary>Slower than this, the box answers less than one photo in a second and a half.</summary>
    private const double SlowMilliseconds = 1500;

    /// <summary>Side of the test picture: with noise on it, about as much work to decode as a face on a small photo.</summary>
    private const int Side = 480;

    /// <summary>Whether every native library can be loaded.</summary>
    public static Finding Libraries()
    {
        const string Name = "libraries";
        try
        {
            SkiaLibrary.Check();
        }
        catch (DllNotFoundException e)
        {
            return Finding.Fail(Name, e.Message);
        }

        const string Sqlite = "libe_sqlite3.so";
        string runtime;
        try
        {
            runtime = OnnxLibrary.Check();
        }
        catch (ModelException e)
        {
            return Finding.Fail(Name, e.Message, "Reinstall the package.");
        }

        if (!NativeLibrary.TryLoad(Sqlite, typeof(ModelChecks).Assembly, null, out _))
        {
            return Finding.Fail(
                Name, $"{Sqlite} could not be loaded", $"It belongs beside the program in {AppContext.BaseDirectory}: reinstall the package.");
        }

        return Finding.Ok(Name, string.Join(", ", [SkiaLibrary.File, $"{OnnxLibrary.FileName} {runtime}", Sqlite]));
    }

    /// <summary>Whether ONNX Runtime was told to send nothing home, as it would by itself.</summary>
    public static Finding Telemetry()
    {
        const string Name = "telemetry";
        if (!OnnxTelemetry.IsOptedOut)
        {
            return Finding.Fail(Name, $"{OnnxTelemetry.Variable}=1 is not set in this process: ONNX Runtime would send data home", "This is a fault of the program: please report it.");
        }

        string off = $"off: {OnnxTelemetry.Variable}=1, set by the program before it loads ONNX Runtime";
        return OnnxLibrary.Check() is var release && release == OnnxLibrary.Expected.ToString(3)
            ? Finding.Ok(Name, off)
            : Finding.Warn(Name, off, $"That it then writes and sends nothing was traced with ONNX Runtime {OnnxLibrary.Expected.ToString(3)}, not with {release}.");
    }

    /// <summary>Which way JPEGs go.</summary>
    public static Finding Jpeg()
    {
        JpegLane lane = JpegLane.Current;
        return lane.Problem is null
            ? Finding.Ok("jpeg", lane.Description)
            : Finding.Warn("jpeg", lane.Description, "apt install libturbojpeg0 (libturbojpeg on Ubuntu), then restart. Everything works without it.");
    }

    /// <summary>Whether every model is the measured one.</summary>
    public static Finding Models(string folder)
    {
        const string Name = "models";
        try
        {
            ModelManifest manifest = ModelManifest.Read(folder);
            string[] roles = ["detector", "landmarks", "encoder"];
            foreach (string role in roles)
            {
                manifest.ReadVerified(manifest.Find(role));
            }

            string what = $"{string.Join(", ", roles.Select(role => manifest.Find(role).Name))} in {folder}";
            return OpenSsl.IsPresent ? Finding.Ok(Name, $"{what}, hashes are right") : Finding.Warn(Name, what, OpenSsl.ModelsNotCompared);
        }
        catch (ModelException e)
        {
            return Finding.Fail(Name, e.Message, "Reinstall the package, or set ModelsDirectory.");
        }
    }

    /// <summary>How long a photo takes here, from JPEG to encoding, on a picture made for it.</summary>
    public static Finding Recognition(FaceEdgeOptions options)
    {
        const string Name = "recognition";
        try
        {
            using FaceAnalyzer analyzer = FaceAnalyzer.Load(options.ModelsDirectory, options.Vision);
            byte[] photo = MakePhoto();
            double best = double.MaxValue;
            for (int i = 0; i < 3; i++)
            {
                long started = Stopwatch.GetTimestamp();
                ImageDecoder.Decode(photo, options.Limits.MaxPixels, options.Imaging.TargetSide).Dispose();
                analyzer.Exercise();
                best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            string took = string.Create(CultureInfo.InvariantCulture, $"{best:0.0} ms for one photo on one core");
            return best < SlowMilliseconds
                ? Finding.Ok(Name, took)
                : Finding.Warn(Name, took, "Slow: is the box too hot, throttled, or busy with something else (top)?");
        }
        catch (Exception e) when (e is ModelException or DllNotFoundException or ImageException)
        {
            return Finding.Fail(Name, e.Message);
        }
    }

    private static byte[] MakePhoto()
    {
        using RgbImage image = RgbImage.Rent(Side, Side);
        new Random(1).NextBytes(image.Pixels);
        return JpegEncoder.Encode(image, 0, 0, Side, Side, Side, quality: 75);
    }
}
