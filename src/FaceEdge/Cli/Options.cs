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
        var option = new Option<int>(name) { Description = description, HelpName = unit, DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < 1 || value > most))
            {
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} must be from 1 to {most}."));
            }
        });
        return option;
    }

    /// <summary>Asks for output that a script reads.</summary>
    /// <param name="what">That is printed.</param>
    public static Option<bool> Json(string what) => new("--json") { Description = $"Print {what} as JSON, for scripts" };
}
