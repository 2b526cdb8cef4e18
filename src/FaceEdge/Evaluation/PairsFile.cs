using System.Globalization;

namespace FaceEdge.Evaluation;

/// <summary>Two photos to compare.</summary>
/// <param name="Fold">Its part of the data.</param>
/// <param name="A">A photo's name relative to the folder, with or without extension.</param>
/// <param name="B">Another's.</param>
/// <param name="Same">Whether both show one person.</param>
internal sealed record PhotoPair(int Fold, string A, string B, bool Same);

/// <summary>
/// A list of pairs: CSV with the header <c>fold,a,b,same</c> (<c>fold</c> may be missing; <c>same</c> is 1 or 0), or LFW's
/// <c>pairs.txt</c> (vis-www.cs.umass.edu/lfw: a line with the number of folds and of pairs, then <c>Name 1 4</c> for two photos of one
/// person, <c>Name 1 Other 2</c> for two people).
/// </summary>
internal static class PairsFile
{
    /// <summary>Folds that pairs without any are dealt into.</summary>
    private const int DefaultFolds = 10;

    /// <summary>Reads a list.</summary>
    /// <exception cref="EvaluationException">It can not be read; the message names file and line.</exception>
    public static PhotoPair[] Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationException($"the pairs file can not be read: {e.Message}");
        }

        PhotoPair[] pairs = Parse(lines, path);
        return pairs.Length > 0 ? pairs : throw new EvaluationException($"{path} holds no pairs");
    }

    /// <summary>Parses the lines of a list.</summary>
    /// <param name="lines">All lines.</param>
    /// <param name="path">For messages.</param>
    public static PhotoPair[] Parse(string[] lines, string path)
    {
        string[] header = lines.Length > 0 ? Fields(lines[0], ',') : [];
        return header.Contains("a") && header.Contains("b") && header.Contains("same")
            ? ParseCsv(lines, header, path)
            : ParseLfw(lines, path);
    }

    private static PhotoPair[] ParseCsv(string[] lines, string[] header, string path)
    {
        int a = Array.IndexOf(header, "a"), b = Array.IndexOf(header, "b"), same = Array.IndexOf(header, "same"), fold = Array.IndexOf(header, "fold");
        var dealt = new Dealer();
        var pairs = new List<PhotoPair>(lines.Length);
        for (int i = 1; i < lines.Length; i++)
        {
            if (lines[i].Trim() is "")
            {
                continue;
            }

            string[] fields = Fields(lines[i], ',');
            if (fields.Length != header.Length || fields[same] is not ("0" or "1"))
            {
                throw Wrong(path, i, $"{header.Length} fields ({lines[0]}) with same 0 or 1 are needed");
            }

            bool isSame = fields[same] is "1";
            pairs.Add(new PhotoPair(fold < 0 ? dealt.Next(isSame) : Number(fields[fold], path, i), fields[a], fields[b], isSame));
        }

        return [.. pairs];
    }

    private static PhotoPair[] ParseLfw(string[] lines, string path)
    {
        int[] head = lines.Length > 0 && Fields(lines[0]).All(static field => int.TryParse(field, out _))
            ? [.. Fields(lines[0]).Select(static field => int.Parse(field, CultureInfo.InvariantCulture))]
            : [];
        if (head.Length is not (1 or 2) || head[^1] < 1)
        {
            throw new EvaluationException($"{path} is no pairs file: its first line is neither 'fold,a,b,same' nor, as in LFW's pairs.txt, '10 300'");
        }

        var dealt = new Dealer();
        var pairs = new List<PhotoPair>(lines.Length);
        for (int i = 1; i < lines.Length; i++)
        {
            string[] fields = Fields(lines[i]);
            if (fields is [])
            {
                continue;
            }

            (string first, string second, bool same) = fields switch
            {
                [var name, var one, var two] => (Photo(name, one, path, i), Photo(name, two, path, i), true),
                [var name, var one, var other, var two] => (Photo(name, one, path, i), Photo(other, two, path, i), false),
                _ => throw Wrong(path, i, "'Name 1 4' or 'Name 1 Other 2' is needed"),
            };
            int fold = head.Length == 2 ? pairs.Count / (2 * head[1]) : dealt.Next(same);
            pairs.Add(new PhotoPair(fold, first, second, same));
        }

        return [.. pairs];
    }

    private static string Photo(string name, string number, string path, int line) => $"{name}_{Number(number, path, line):0000}";

    private static int Number(string field, string path, int line) =>
        int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw Wrong(path, line, $"'{field}' is no number");

    private static EvaluationException Wrong(string path, int line, string what) => new($"{path}, line {line + 1}: {what}");

    private static string[] Fields(string line, char separator) => line.Split(separator, StringSplitOptions.TrimEntries);

    private static string[] Fields(string line) => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Deals pairs without a fold round, those of one person and those of two each by themselves, so that folds are alike.</summary>
    private sealed class Dealer
    {
        private int _same;
        private int _different;

        public int Next(bool same) => (same ? _same++ : _different++) % DefaultFolds;
    }
}
