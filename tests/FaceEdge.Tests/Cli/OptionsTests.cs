using System.CommandLine;

namespace FaceEdge.Tests.Cli;

public class OptionsTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("50", 50)]
    [InlineData(null, 7)]
    public void ANumberWithinItsBoundsIsTaken(string? given, int expected)
    {
        (Option<int> option, ParseResult parsed) = Parse(given);
        Assert.Empty(parsed.Errors);
        Assert.Equal(expected, parsed.GetValue(option));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("51")]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("1.5")]
    [InlineData("1,2")]
    [InlineData("99999999999")]
    [InlineData("")]
    public void AnythingElseIsRefusedInOneSentence(string given)
    {
        (_, ParseResult parsed) = Parse(given);
        Assert.Equal($"--seeds must be a whole number from 1 to 50, not '{given}'.", Assert.Single(parsed.Errors).Message);
    }

    private static (Option<int> Option, ParseResult Parsed) Parse(string? given)
    {
        Option<int> option = FaceEdge.Cli.Options.Number("--seeds", "how many", otherwise: 7, most: 50);
        var command = new Command("verb") { option };
        return (option, command.Parse(given is null ? [] : ["--seeds", given]));
    }
}
