using System.Globalization;
using System.Net;
using System.Text;

namespace FaceEdge.Evaluation;

/// <summary>Draws a ROC curve as SVG: true positive rate over the false match rate, the latter logarithmic, as the differences lie there.</summary>
internal static class RocPlot
{
    private const int Left = 70, Top = 40, Width = 600, Height = 400, Bottom = 60;

    /// <summary>A picture of a curve.</summary>
    /// <param name="points">By rising false match rate.</param>
    /// <param name="title">What it is of.</param>
    public static string Draw(IReadOnlyList<WorkingPoint> points, string title)
    {
        int decades = points.Count > 0 ? Math.Max(1, (int)Math.Ceiling(-Math.Log10(points[0].Fmr) - 1e-9)) : 1;
        // From the next tenth below the lowest point, so that a good curve is not a line along the upper border.
        double lowest = points.Count > 0 ? Math.Floor(Math.Min(0.95, points.Min(static point => point.Tpr)) * 10) / 10 : 0;
        double X(double fmr) => Left + (Width * (1 + (Math.Log10(fmr) / decades)));
        double Y(double tpr) => Top + (Height * (1 - ((tpr - lowest) / (1 - lowest))));
        var svg = new StringBuilder();
        void Line(FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Left + Width + 30} {Top + Height + Bottom}\" font-family=\"sans-serif\" font-size=\"13\">");
        Line($"<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
        Line($"<text x=\"{Left}\" y=\"24\" font-size=\"15\">{WebUtility.HtmlEncode(title)}</text>");
        for (int decade = 0; decade <= decades; decade++)
        {
            double x = X(Math.Pow(10, -decade));
            Line($"<path d=\"M{x:0.#} {Top}v{Height}\" stroke=\"#ddd\"/><text x=\"{x:0.#}\" y=\"{Top + Height + 20}\" text-anchor=\"middle\">{(decade == 0 ? "1" : $"1e-{decade}")}</text>");
        }

        for (int i = 0; i <= 5; i++)
        {
            double tpr = lowest + ((1 - lowest) * i / 5);
            double y = Y(tpr);
            Line($"<path d=\"M{Left} {y:0.#}h{Width}\" stroke=\"#ddd\"/><text x=\"{Left - 8}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{tpr:0.00#}</text>");
        }

        string curve = string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.Fmr):0.#},{Y(point.Tpr):0.#}")));
        Line($"<polyline points=\"{curve}\" fill=\"none\" stroke=\"#06c\" stroke-width=\"2\"/>");
        Line($"<text x=\"{Left + (Width / 2)}\" y=\"{Top + Height + 44}\" text-anchor=\"middle\">false match rate (FMR, FAR)</text>");
        Line($"<text transform=\"translate(20 {Top + (Height / 2)}) rotate(-90)\" text-anchor=\"middle\">true positive rate (1 - FNMR)</text>");
        return svg.Append("</svg>\n").ToString();
    }
}
