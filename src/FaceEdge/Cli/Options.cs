using System.CommandLine;
using System.Globalization;

namespace FaceEdge.Cli;

/// <summary>The shapes of options that several verbs have.</summary>
internal static class Options
{
    /// <summary>A whole number within bounds; outside of them the command line is refused.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">For the help.</param>
    /// <param name="otherwise">When it is not given.</param>
    /// <param name="most">The largest allowed; 1 is the least.</param>
    /// <param name="unit">What stands for the number in the help.</param>
    public static Option<int> Number(string name, string description, int otherwise, int most, string unit = "N")
    {
        return new Option<int>(name)
        {
            Description = description,
            HelpName = unit,
            DefaultValueFactory = _ => otherwise,
            CustomParser = result =>
            {
                string given = result.Tokens[0].Value;
                if (int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= 1 && value <= most)
                {
                    return value;
                }

                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} must be a whole number from 1 to {most}, not '{given}'."));
                return otherwise;
            },
        };
    }

    /// <summary>Asks for output that a script reads.</summary>
    /// <param name="what">That is printed.</param>
    public static Option<bool> Json(string what) => new("--json") { Description = $"Print {what} as JSON, for scripts" };
}
