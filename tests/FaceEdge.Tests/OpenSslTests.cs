namespace FaceEdge.Tests;

public class OpenSslTests
{
    [Fact]
    public void WhatTheFrameworkNeedsOpenSslForIsUsedOnlyWhereOpenSslWasAskedFor()
    {
        // Without it the framework aborts the process at the first use. Hashes and random numbers of its cryptography alike.
        string[] unasked = [.. Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file) is var text && text.Contains("System.Security.Cryptography", StringComparison.Ordinal)
                && !text.Contains("OpenSsl.", StringComparison.Ordinal))];
        Assert.Empty(unasked);
    }

    [Fact]
    public void OnADevelopersMachineItIsThereAndHashesAreComputed()
    {
        OpenSsl.Check("This test");
        Assert.True(OpenSsl.IsPresent);
    }
}
