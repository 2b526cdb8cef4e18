using Microsoft.Extensions.Options;

namespace FaceEdge.Hosting;

/// <summary>A configuration the daemon can not start with. The message is one line: which setting, what is wrong, what would be right.</summary>
/// <param name="message">For the administrator.</param>
public sealed class ConfigurationException(string message) : Exception(message);

/// <summary>Reads and validates <see cref="FaceEdgeOptions"/> from everywhere they may be set.</summary>
public static class OptionsLoader
{
    /// <summary>Where the package puts the administrator's settings.</summary>
    public const string SystemFile = "/etc/faceedge/faceedge.json";

    private const string EnvironmentPrefix = "FACEEDGE__";

    /// <summary>The options in force, with folders made absolute.</summary>
    /// <param name="commandLine"><c>--Key value</c>, <c>--Key=value</c>, <c>--Section:Key value</c>.</param>
    /// <param name="systemFile">The administrator's file; it need not exist.</param>
    /// <exception cref="ConfigurationException">A setting is unknown or out of range, or a file is broken.</exception>
    public static FaceEdgeOptions Load(string[] commandLine, string systemFile = SystemFile)
    {
        CheckCommandLine(commandLine);
        var options = new FaceEdgeOptions();
        try
        {
            new ConfigurationBuilder()
                .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
                .AddJsonFile(systemFile, optional: true)
                .AddEnvironmentVariables(EnvironmentPrefix)
                .AddCommandLine(commandLine)
                .Build()
                .Bind(options, static binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(OneLine(e));
        }

        ValidateOptionsResult result = new FaceEdgeOptionsValidator().Validate(null, options);
        if (result.Failed)
        {
            throw new ConfigurationException(result.FailureMessage.ReplaceLineEndings(" "));
        }

        CheckUrls(options.Urls);
        options.DataDirectory = Path.GetFullPath(options.DataDirectory is "" ? DefaultDataDirectory() : options.DataDirectory);
        options.ModelsDirectory = Path.GetFullPath(
            options.ModelsDirectory is "" ? Path.Combine(AppContext.BaseDirectory, "models") : options.ModelsDirectory);
        return options;
    }

    private static string DefaultDataDirectory() =>
        Environment.GetEnvironmentVariable("STATE_DIRECTORY") is { Length: > 0 } state
            ? state
            : Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "faceedge");

    /// <summary>The framework's parser skips what it does not understand; a mistyped option must not be skipped.</summary>
    private static void CheckCommandLine(string[] arguments)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal) || arguments[i].Length < 3)
            {
                throw new ConfigurationException($"'{arguments[i]}' is neither a command nor an option; see faceedge --help.");
            }

            if (!arguments[i].Contains('='))
            {
                i++;
                if (i == arguments.Length)
                {
                    throw new ConfigurationException($"The option {arguments[i - 1]} has no value.");
                }
            }
        }
    }

    private static void CheckUrls(string urls)
    {
        foreach (string url in urls.Split(';', StringSplitOptions.TrimEntries))
        {
            bool valid = url.StartsWith("http://unix:/", StringComparison.Ordinal)
                || (url.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
                    && Uri.TryCreate(url.Replace("http://*", "http://0.0.0.0").Replace("http://+", "http://0.0.0.0"), UriKind.Absolute, out Uri? parsed)
                    && parsed.PathAndQuery == "/"
                    && (parsed.IsLoopback || parsed.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6));
            if (!valid)
            {
                throw new ConfigurationException(
                    $"Urls: '{url}' is not an address to listen on: an IP address or localhost is needed (with a name the server would listen everywhere); write e.g. http://127.0.0.1:5000 or, for the whole network, http://0.0.0.0:5000 (separate several by ;).");
            }
        }
    }

    private static string OneLine(Exception e)
    {
        string message = e.Message;
        for (Exception? inner = e.InnerException; inner is not null; inner = inner.InnerException)
        {
            message += " " + inner.Message;
        }

        // The binder's own words for an unknown key name its option class and nothing an administrator has heard of.
        const string Unknown = "'ErrorOnUnknownConfiguration' was set";
        return message.StartsWith(Unknown, StringComparison.Ordinal)
            ? $"there is no setting {message[(message.LastIndexOf(": ", StringComparison.Ordinal) + 2)..]}; the README lists them all."
            : message.ReplaceLineEndings(" ");
    }
}

/// <summary>Generated from the attributes of the options.</summary>
[OptionsValidator]
internal sealed partial class FaceEdgeOptionsValidator : IValidateOptions<FaceEdgeOptions>;
