using System.Collections;
using System.Text.Json;

namespace FaceEdge.Hosting;

/// <summary>Finds where a setting was written, because "MaxPixels is wrong" sends an administrator through three places.</summary>
internal static class SettingSource
{
    /// <summary>Where the setting that is in force was written; null when it was written nowhere.</summary>
    /// <param name="name">Its name, with or without its sections: <c>MaxPixels</c> or <c>Limits:MaxPixels</c>.</param>
    /// <param name="commandLine">The arguments.</param>
    /// <param name="prefix">What the names of our environment variables begin with.</param>
    /// <param name="files">The files, the one that wins last.</param>
    public static string? Find(string name, string[] commandLine, string prefix, params ReadOnlySpan<string> files)
    {
        string leaf = Leaf(name);
        if (commandLine.LastOrDefault(a => a.StartsWith("--", StringComparison.Ordinal) && Same(Leaf(a[2..].Split('=')[0]), leaf)) is { } argument)
        {
            return $"command line, {argument.Split('=')[0]}";
        }

        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string key = (string)variable.Key;
            if (key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && Same(Leaf(key[prefix.Length..].Replace("__", ":")), leaf))
            {
                return $"environment variable {key}";
            }
        }

        for (int i = files.Length - 1; i >= 0; i--)
        {
            if (LineOf(files[i], leaf) is > 0 and var line)
            {
                return $"{files[i]}, line {line}";
            }
        }

        return null;
    }

    /// <summary>The line, counted from 1, on which a JSON file last names a setting; 0 when it does not, or can not be read.</summary>
    internal static int LineOf(string file, string leaf)
    {
        try
        {
            byte[] text = File.ReadAllBytes(file);
            int mark = text.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
            var reader = new Utf8JsonReader(
                text.AsSpan(mark), new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            int line = 0;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && Same(Leaf(reader.GetString()!), leaf))
                {
                    line = 1 + text.AsSpan(0, mark + (int)reader.TokenStartIndex).Count((byte)'\n');
                }
            }

            return line;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return 0;
        }
    }

    private static string Leaf(string key) => key[(key.LastIndexOf(':') + 1)..];

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
