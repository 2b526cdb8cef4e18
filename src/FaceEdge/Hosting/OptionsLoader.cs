using System.Text.Json;
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

    /// <summary>The settings beside the binary.</summary>
    public static string OwnFile { get; } = Path.Combine(AppContext.BaseDirectory, "appsettings.json");

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
            IConfigurationRoot configuration = new ConfigurationBuilder()
                .AddJsonFile(OwnFile, optional: true)
                .AddJsonFile(systemFile, optional: true)
                .AddEnvironmentVariables(EnvironmentPrefix)
                .AddCommandLine(commandLine)
                .Build();
            CheckSections(configuration);
            configuration.Bind(options, static binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(OneLine(e, name => Where(name, commandLine, systemFile)));
        }

        ValidateOptionsResult result = new FaceEdgeOptionsValidator().Validate(null, options);
        if (result.Failed)
        {
            // Each begins with the name of the setting.
            throw new ConfigurationException(string.Join("; ", result.Failures.Select(
                failure => (Where(failure.Split(':')[0], commandLine, systemFile) + InPlainWords(failure)).ReplaceLineEndings(" "))));
        }

        options.Urls = string.Join(';', options.Urls.Split(';', StringSplitOptions.TrimEntries)); // Kestrel would take the space for a part of the address.
        CheckUrls(options.Urls, Where("Urls", commandLine, systemFile));
        return WithFolders(options);
    }

    /// <summary>The options when nothing is set anywhere.</summary>
    public static FaceEdgeOptions Defaults() => WithFolders(new FaceEdgeOptions());

    private static FaceEdgeOptions WithFolders(FaceEdgeOptions options)
    {
        options.DataDirectory = Absolute("DataDirectory", options.DataDirectory is "" ? DefaultDataDirectory() : options.DataDirectory);
        options.ModelsDirectory = Absolute(
            "ModelsDirectory", options.ModelsDirectory is "" ? Path.Combine(AppContext.BaseDirectory, "models") : options.ModelsDirectory);
        return options;
    }

    private static string Absolute(string setting, string folder)
    {
        try
        {
            return Path.GetFullPath(folder);
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // A name that cannot be one, or a relative one while the current folder was deleted.
            throw new ConfigurationException($"{setting}: '{folder}' can not be found from here: {e.Message} Write the whole path, from / on.");
        }
    }

    private static string DefaultDataDirectory()
    {
        if (Environment.GetEnvironmentVariable("STATE_DIRECTORY") is { Length: > 0 } state)
        {
            return state;
        }

        string home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.IsPathRooted(home)
            ? Path.Combine(home, "faceedge")
            : throw new ConfigurationException("This user has no home folder, so DataDirectory must be set: the folder that holds Image.db.");
    }

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

    /// <summary>The binder passes over a value where a section belongs.</summary>
    private static void CheckSections(IConfiguration configuration)
    {
        foreach (string section in (ReadOnlySpan<string>)[nameof(FaceEdgeOptions.Limits), nameof(FaceEdgeOptions.Cache), nameof(FaceEdgeOptions.Imaging), nameof(FaceEdgeOptions.Vision),
            nameof(FaceEdgeOptions.Gallery), nameof(FaceEdgeOptions.Storage), nameof(FaceEdgeOptions.Logging)])
        {
            if (configuration[section] is { Length: > 0 } value)
            {
                throw new ConfigurationException($"{section} is a section, not a setting: '{value}' can not be its value; write e.g. {section}:NAME.");
            }
        }
    }

    /// <summary>Where a setting was written and a colon, or nothing when it was written nowhere.</summary>
    private static string Where(string name, string[] commandLine, string systemFile) =>
        SettingSource.Find(name, commandLine, EnvironmentPrefix, OwnFile, systemFile) is { } place ? place + ": " : "";

    private static void CheckUrls(string urls, string where)
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
                    $"{where}Urls: '{url}' is not an address to listen on: an IP address or localhost is needed (with a name the server would listen everywhere); write e.g. http://127.0.0.1:5000 or, for the whole network, http://0.0.0.0:5000 (separate several by ;).");
            }
        }
    }

    private static string OneLine(Exception e, Func<string, string> where)
    {
        for (Exception? inner = e; inner is not null; inner = inner.InnerException)
        {
            if (inner is JsonException { LineNumber: { } line } json)
            {
                // The parser counts from 0, people and editors from 1. The outer message quotes the file.
                string said = json.Message.Split(" LineNumber:")[0];
                return $"{Quoted(e.Message)}, line {line + 1}, column {json.BytePositionInLine + 1}: {said}".ReplaceLineEndings(" ");
            }
        }

        string message = e.InnerException is { } cause ? $"{e.Message} {cause.Message}" : e.Message;
        const string Unknown = "'ErrorOnUnknownConfiguration' was set", Failed = "Failed to convert configuration value", Duplicate = "A duplicate key ";
        if (message.StartsWith(Unknown, StringComparison.Ordinal))
        {
            // The binder's own words name its option class and nothing an administrator has heard of.
            string names = message[(message.LastIndexOf(": ", StringComparison.Ordinal) + 2)..];
            return $"{where(Quoted(names))}there is no setting {names}; the README lists them all.{Meant(Quoted(names))}".ReplaceLineEndings(" ");
        }

        if (e.InnerException?.Message is { } duplicate && duplicate.StartsWith(Duplicate, StringComparison.Ordinal))
        {
            return where(Quoted(duplicate)) + duplicate;
        }

        string? key = message.StartsWith(Failed, StringComparison.Ordinal) ? Quoted(message[(message.LastIndexOf(" at '", StringComparison.Ordinal) + 1)..]) : null;
        return (key is null ? message : $"{where(key)}{key}: '{Quoted(message)}' is not {AcceptedFor(message)}.").ReplaceLineEndings(" ");
    }

    /// <summary>What a setting takes, by the type that its value could not be made into.</summary>
    private static string AcceptedFor(string message) => message switch
    {
        _ when message.Contains(nameof(KeepImages), StringComparison.Ordinal) => Among<KeepImages>(),
        _ when message.Contains(nameof(ExecutionProvider), StringComparison.Ordinal) => Among<ExecutionProvider>(),
        _ when message.Contains(nameof(LogLevel), StringComparison.Ordinal) => Among<LogLevel>(),
        _ when message.Contains("System.Boolean", StringComparison.Ordinal) => "true or false",
        _ when message.Contains("System.Double", StringComparison.Ordinal) => "a number, such as 0.5",
        _ => "a whole number that is in its range",
    };

    private static string Among<T>()
        where T : struct, Enum => $"one of {string.Join(", ", Enum.GetNames<T>())}";

    /// <summary>The setting that somebody meant: one of that last name in another section, else the nearest.</summary>
    private static string Meant(string given)
    {
        string[] sections = given.Split(':');
        string? name = SettingNames.All.FirstOrDefault(setting => setting.Split(':')[^1].Equals(sections[^1], StringComparison.OrdinalIgnoreCase))
            ?? (sections.Length > 1 ? Nearest.To(given, SettingNames.All) : null)
            ?? (Nearest.To(sections[^1], SettingNames.All.Select(static setting => setting.Split(':')[^1])) is { } last
                ? SettingNames.All.First(setting => setting.Split(':')[^1] == last)
                : null);
        return name is null ? "" : $" Did you mean {name}?";
    }

    /// <summary>"MaxPixels: The field FaceEdgeOptions.Limits.MaxPixels must be .." becomes "Limits:MaxPixels must be ..".</summary>
    private static string InPlainWords(string failure)
    {
        const string Field = ": The field FaceEdgeOptions.";
        int field = failure.IndexOf(Field, StringComparison.Ordinal);
        int name = field + Field.Length;
        int end = field < 0 ? -1 : failure.IndexOf(' ', name);
        string setting = end < 0 ? "" : failure[name..end].Replace('.', ':');
        return setting switch
        {
            "" => failure,
            "Storage:KeepImages" => $"{setting} must be {Among<KeepImages>()}",
            "Vision:Provider" => $"{setting} must be {Among<ExecutionProvider>()}",
            _ => setting + failure[end..],
        };
    }

    /// <summary>The first thing in single quotes, else everything.</summary>
    private static string Quoted(string message) => message.Split('\'') is [_, var quoted, _, ..] ? quoted : message;
}

/// <summary>Generated from the attributes of the options.</summary>
[OptionsValidator]
internal sealed partial class FaceEdgeOptionsValidator : IValidateOptions<FaceEdgeOptions>;
