using System.Xml.Linq;
using FaceEdge.Evaluation;

namespace FaceEdge.Tests.Evaluation;

public class RocPlotTests
{
    [Fact]
    public void TheCurveRunsFromTheLowestRateAtTheLeftToOneAtTheRight()
    {
        string svg = RocPlot.Draw([new(1e-4, 0.6, 0.3, 1), new(1e-2, 0.4, 0.1, 100), new(1, -1, 0, 10_000)], "me & <you>");
        XElement root = XElement.Parse(svg);
        XNamespace ns = "http://www.w3.org/2000/svg";
        // 70..670 across 4 decades; 40..440 down from TPR 1 to 0.7.
        Assert.Equal("70,440 370,173.3 670,40", root.Element(ns + "polyline")!.Attribute("points")!.Value);
        Assert.Equal("me & <you>", root.Element(ns + "text")!.Value);
    }
}
