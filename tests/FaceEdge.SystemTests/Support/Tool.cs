using System.ComponentModel;
using System.Diagnostics;

namespace FaceEdge.SystemTests.Support;

/// <summary>What a program said.</summary>
internal sealed record ToolResult(int ExitCode, byte[] Output, string Error)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Output);
}

/// <summary>Runs the programs that <c>make setup-test</c> installs (convert, ffmpeg, sqlite3, curl, ldd).</summary>
internal static class Tool
{
    private static readonly TimeSpan Longest = Patience.Seconds(60);

    /// <summary>Its output; fails when the program does.</summary>
    public static byte[] Run(string program, byte[]? input, params string[] arguments)
    {
        ToolResult result = Try(program, input, arguments);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {result.ExitCode}: {result.Error}");
    }

    /// <summary>Its output, error and exit code.</summary>
    public static ToolResult Try(string program, byte[]? input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Start(start);
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task write = Task.Run(() => Feed(process, input));
        using var output = new MemoryStream();
        Task copy = process.StandardOutput.BaseStream.CopyToAsync(output);
        if (!Task.WaitAll([error, write, copy], Longest) || !process.WaitForExit(Longest))
        {
            process.Kill();
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} took longer than {Longest.TotalSeconds} s.");
        }

        return new ToolResult(process.ExitCode, output.ToArray(), error.Result);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{start.FileName} can not be run ({e.Message}): `make setup-test` installs what the tests need.", e);
        }
    }

    private static void Feed(Process process, byte[]? input)
    {
        try
        {
            using Stream stdin = process.StandardInput.BaseStream;
            stdin.Write(input);
        }
        catch (IOException)
        {
            // The program ended without reading all; its exit code tells whether that was right.
        }
    }
}
