namespace FaceEdge.Tests;

public class SmokeTests
{
    [Fact]
    public void DefaultsListenOnLoopbackOnly() => Assert.Equal("http://127.0.0.1:5000", new FaceEdgeOptions().Urls);
}
