using System.ComponentModel;
using System.Diagnostics;

namespace FaceEdge.Cli.Doctor;

/// <summary>What systemd says of the service: the properties of <c>systemctl show faceedge</c>.</summary>
internal sealed class ServiceState
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, string> _properties;

    private ServiceState(Dictionary<string, string> properties) => _properties = properties;

    /// <summary>Whether there is such a service on this box.</summary>
    public bool IsInstalled => this["LoadState"] is "loaded";

    /// <summary>A property; empty when it is not set.</summary>
    public string this[string property] => _properties.GetValueOrDefault(property, "");

    /// <summary>The words of a property that is a list.</summary>
    public string[] List(string property) => this[property].Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Asks systemd; null where it does not run or cannot be asked.</summary>
    public static ServiceState? Ask() => Directory.Exists("/run/systemd/system") && Run("systemctl", "show", "--no-pager", "faceedge.service") is { } text ? Parse(text) : null;

    /// <summary>Reads lines of <c>Name=value</c>.</summary>
    public static ServiceState Parse(string text)
    {
        var properties = new Dictionary<string, string>();
        foreach (string line in text.Split('\n'))
        {
            if (line.IndexOf('=') is > 0 and int at)
            {
                properties[line[..at]] = line[(at + 1)..].Trim();
            }
        }

        return new ServiceState(properties);
    }

    /// <summary>The last line with which a start that failed said why; null when the journal may not be read, or says nothing.</summary>
    public static string? LastWords() => Run("journalctl", "--quiet", "--no-pager", "--unit", "faceedge.service", "--lines", "50", "--output", "cat")?
        .Split('\n').LastOrDefault(static line => line.StartsWith("faceedge: ", StringComparison.Ordinal));

    private static string? Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            if (process.WaitForExit(Patience))
            {
                return process.ExitCode == 0 ? output.Result : null;
            }

            process.Kill();
            return null;
        }
        catch (Win32Exception)
        {
            return null; // There is no such program here.
        }
    }
}
