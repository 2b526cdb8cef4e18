using System.CommandLine;
using FaceEdge.Hosting;
using FaceEdge.Storage;
using Microsoft.Win32.SafeHandles;

namespace FaceEdge.Cli;

/// <summary>The data folder for the verbs that work on it: found as the service would find it, and never left with files of the wrong user.</summary>
internal static class DataFolder
{
    /// <summary>Where the unit keeps its data; taken when nothing else names a folder, because an administrator means the service.</summary>
    private const string ServiceFolder = "/var/lib/faceedge";

    private static readonly Option<string?> DataDirectory = new("--DataDirectory")
    {
        Description = $"The folder that holds Image.db [default: {ServiceFolder} if there is one, else ~/.local/share/faceedge]",
        HelpName = "DIR",
    };

    /// <summary>Lets a command take the folder, and any other setting.</summary>
    public static void Accept(Command command)
    {
        command.Add(DataDirectory);
        SettingArguments.AcceptUnshown(command);
    }

    /// <summary>The settings in force.</summary>
    /// <exception cref="ConfigurationException">One is wrong.</exception>
    public static FaceEdgeOptions Load(ParseResult parsed)
    {
        PreferService();
        FaceEdgeOptions options = OptionsLoader.Load(parsed.GetResult(DataDirectory) is { Implicit: false }
            ? [DataDirectory.Name, parsed.GetValue(DataDirectory) ?? "", .. parsed.UnmatchedTokens]
            : [.. parsed.UnmatchedTokens]);
        return WhoMayRead(options.DataDirectory) is { } owner
            ? throw new StorageException(
                StorageProblem.Unwritable,
                $"{options.DataDirectory} belongs to {owner} and is closed to {FileFacts.NameOf(FileFacts.User)}. "
                + $"Run with sudo -u {owner}: sudo -u {owner} faceedge {parsed.CommandResult.Command.Name} ..")
            : options;
    }

    /// <summary>The user to run as, because this one may not look into the folder or its database; null when it may. A closed folder seems to be empty.</summary>
    public static string? WhoMayRead(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return null;
        }

        try
        {
            string? database = Directory.EnumerateFiles(folder, "Image.db").FirstOrDefault();
            using SafeFileHandle? readable = database is null ? null : File.OpenHandle(database);
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return FileFacts.NameOf(FileFacts.OwnerOf(folder));
        }
        catch (IOException)
        {
            return null; // Whoever uses it says why.
        }
    }

    /// <summary>Lets the service's folder be the default.</summary>
    public static void PreferService()
    {
        if (Environment.GetEnvironmentVariable("STATE_DIRECTORY") is null or "" && Directory.Exists(ServiceFolder))
        {
            Environment.SetEnvironmentVariable("STATE_DIRECTORY", ServiceFolder);
        }
    }

    /// <summary>Opens the gallery, creating it if need be; what an operator must know goes to standard error.</summary>
    /// <exception cref="StorageException">A daemon has it, it can not be used, or root would leave files that the daemon can not write.</exception>
    public static ImageDatabase OpenForWriting(string folder)
    {
        RefuseOthersFolder(folder);
        return ImageDatabase.Open(folder, new ConsoleLog());
    }

    /// <summary>Root may write everywhere, and what it creates is root's: the daemon could not use it.</summary>
    /// <exception cref="StorageException">This is root and the folder is somebody else's.</exception>
    public static void RefuseOthersFolder(string folder)
    {
        if (FileFacts.User == 0 && Directory.Exists(folder) && FileFacts.OwnerOf(folder) is not 0 and var owner)
        {
            string name = FileFacts.NameOf(owner);
            throw new StorageException(StorageProblem.Unwritable,
                $"{folder} belongs to {name}; files made by root in it could not be used by the daemon. Run this as that user: sudo -u {name} faceedge ..");
        }
    }

    /// <summary>Warnings and news on standard error; errors come as exceptions.</summary>
    private sealed class ConsoleLog : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is LogLevel.Information or LogLevel.Warning or LogLevel.Critical;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Console.Error.WriteLine($"faceedge: {formatter(state, exception)}");
            }
        }
    }
}
