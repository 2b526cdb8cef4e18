using System.Globalization;
using System.Text;

namespace FaceEdge.Metrics;

/// <summary>Writes metrics in the text form 0.0.4 that Prometheus reads (prometheus.io/docs/instrumenting/exposition_formats).</summary>
internal static class PrometheusText
{
    /// <summary>The content type that says so.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The families in the order given; one without a measurement is left out.</summary>
    public static string Write(IReadOnlyList<MetricFamily> families)
    {
        var text = new StringBuilder(16 * 1024);
        var cumulative = new List<long>();
        foreach (MetricFamily family in families)
        {
            bool first = true;
            foreach (MetricSeries series in family.Series)
            {
                if (first)
                {
                    text.Append("# HELP ").Append(family.Name).Append(' ').Append(family.Help.Replace("\\", "\\\\").Replace("\n", "\\n")).Append('\n');
                    text.Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Type).Append('\n');
                    first = false;
                }

                double value = series.Read(cumulative);
                if (family.Type is not "histogram")
                {
                    Line(text, family.Name, "", series.Labels, null, value);
                    continue;
                }

                for (int i = 0; i < cumulative.Count; i++)
                {
                    Line(text, family.Name, "_bucket", series.Labels, i < series.Bounds.Count ? Number(series.Bounds[i]) : "+Inf", cumulative[i]);
                }

                Line(text, family.Name, "_sum", series.Labels, null, value);
                Line(text, family.Name, "_count", series.Labels, null, cumulative[^1]);
            }
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, string name, string suffix, string labels, string? bound, double value)
    {
        text.Append(name).Append(suffix);
        string all = bound is null ? labels : $"{labels}{(labels.Length > 0 ? "," : "")}le=\"{bound}\"";
        if (all.Length > 0)
        {
            text.Append('{').Append(all).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);
}
