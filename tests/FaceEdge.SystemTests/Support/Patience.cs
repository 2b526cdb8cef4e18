using System.Globalization;

namespace FaceEdge.SystemTests.Support;

/// <summary>
/// How long a test waits for what must come, before it calls that a failure. <c>FACEEDGE_TEST_PATIENCE</c> multiplies it for an
/// emulated processor (<c>make test-arm64</c>) or a very busy machine. What a daemon promises to do in time is not multiplied.
/// </summary>
internal static class Patience
{
    private static readonly double Factor =
        double.Parse(Environment.GetEnvironmentVariable("FACEEDGE_TEST_PATIENCE") ?? "1", CultureInfo.InvariantCulture);

    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds * Factor);
}
