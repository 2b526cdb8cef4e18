using Microsoft.Extensions.Logging.Console;

namespace FaceEdge.Hosting;

/// <summary>The log: standard error, one line an event, least levels as in the settings of now.</summary>
internal static class DaemonLogging
{
    /// <summary>The daemon's one factory of loggers.</summary>
    public static ILoggerFactory Create(CurrentOptions options) => LoggerFactory.Create(logging =>
    {
        logging.AddFilter((category, level) => level >= LevelOf(category ?? "", options.Value.Logging.LogLevel));
        if (Journal.HasStandardError)
        {
            logging.AddSystemdConsole();
        }
        else
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffzzz ";
                console.ColorBehavior = LoggerColorBehavior.Disabled;
            });
        }

        // Standard output is for what scripts read.
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    });

    /// <summary>The level set for the longest name that a category begins with, else that of <c>Default</c>.</summary>
    internal static LogLevel LevelOf(string category, Dictionary<string, LogLevel> levels)
    {
        LogLevel found = levels.GetValueOrDefault("Default", LogLevel.Information);
        int longest = 0;
        foreach ((string name, LogLevel level) in levels)
        {
            if (name.Length > longest
                && category.StartsWith(name, StringComparison.OrdinalIgnoreCase)
                && (category.Length == name.Length || category[name.Length] == '.'))
            {
                (found, longest) = (level, name.Length);
            }
        }

        return found;
    }
}
