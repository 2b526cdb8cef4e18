using System.Text.Json;
using System.Text.Json.Serialization;
using FaceEdge.Migration;

namespace FaceEdge.Cli;

/// <summary>What <c>faceedge import</c> prints: rows as they are done, then the whole.</summary>
/// <param name="json">A line of JSON for each.</param>
/// <param name="everyRow">Also rows of which there is nothing to say.</param>
internal sealed class ImportReport(bool json, bool everyRow)
{
    /// <summary>Rows told.</summary>
    public long Rows { get; private set; }

    /// <summary>One row.</summary>
    public void Row(RowVerdict verdict, ProgressBar progress)
    {
        Rows++;
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(verdict, ImportJson.Default.RowVerdict));
        }
        else if (everyRow || verdict.Notes.Count > 0)
        {
            progress.Clear();
            string word = JsonSerializer.Serialize(verdict.Verdict, ImportJson.Default.Verdict).Trim('"').Replace('_', ' ');
            string who = $"{verdict.Person?.ToString() ?? "?"}{(verdict.Name is null ? "" : $" ({verdict.Name})")}";
            string said = string.Join("; ", verdict.Outlook is null ? verdict.Notes : [.. verdict.Notes, verdict.Outlook]);
            Console.WriteLine($"row {verdict.Row,-7} person {who,-8} {word,-13} {said}".TrimEnd());
        }
    }

    /// <summary>The whole.</summary>
    public void Whole(ImportSummary s)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(s, ImportJson.Default.ImportSummary));
            return;
        }

        Console.WriteLine($"{s.Rows} rows, {s.People} people{(s.DryRun ? " (dry run: nothing was stored)" : "")}; {Math.Max(1, s.Rows) / Math.Max(0.001, s.Seconds):0} rows a second");
        foreach ((long count, string meaning) in (ReadOnlySpan<(long, string)>)
            [
                (s.Encoded, $"with a picture, encoded with {s.Encoder}"),
                (s.EncodingOnly, $"with an encoding only: it matches under the encoder that made it (dlib128 for face_recognition's){(s.Encoder == "dlib128" ? "" : $", not under {s.Encoder}")}"),
                (s.Known, "imported before, unchanged"),
                (s.Duplicate, "the same as a row before"),
                (s.Forgotten, "of people forgotten since the last import, who stay so"),
                (s.Clash, "left out: the id is, or was, somebody else's here"),
                (s.LeftOut, "left out: nothing in them can be used"),
                (s.Named, "people with a name where an id belongs: they have ids now, and their names"),
                (s.Split, "people who shared somebody else's id: they have ids of their own now"),
                (s.OneFace, "to look at: two people with one face"),
                (s.TwoFaces, "to look at: one person with two faces"),
            ])
        {
            if (count > 0)
            {
                Console.WriteLine($"{count,8} {meaning}");
            }
        }

        if (!everyRow && s.EncodingOnly + s.Duplicate + s.Forgotten > 0)
        {
            Console.WriteLine("--dry-run or --json say which rows these are");
        }

        Console.WriteLine($"the next new person gets id {s.NextId}");
    }
}

/// <summary>Source-generated JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RowVerdict))]
[JsonSerializable(typeof(ImportSummary))]
internal sealed partial class ImportJson : JsonSerializerContext;
