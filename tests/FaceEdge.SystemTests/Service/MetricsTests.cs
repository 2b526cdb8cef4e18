namespace FaceEdge.SystemTests.Service;

public class MetricsTests
{
    [Fact]
    public async Task TheMetricsCountWhatHappened()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        await daemon.Client.IdOfAsync(People.Cage);
        await daemon.Client.IdOfAsync(People.Cage);
        await daemon.Client.PredictAsync(FaceClient.Raw(new byte[100]));

        Answer metrics = await daemon.Client.GetAsync("/metrics");
        Assert.Equal(200, metrics.Status);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", metrics.ContentType);
        string[] lines = metrics.Body.Split('\n');
        Assert.Contains("faceedge_people 1", lines);
        Assert.Contains("faceedge_outcomes_total{outcome=\"new\"} 1", lines);
        Assert.Contains("faceedge_outcomes_total{outcome=\"match\"} 1", lines);
        Assert.Contains("faceedge_outcomes_total{outcome=\"unsupported_format\"} 1", lines);
        Assert.Contains("faceedge_outcomes_total{outcome=\"no_face\"} 0", lines);
        Assert.Contains("faceedge_recognition_duration_seconds_count{stage=\"repeat\"} 2", lines);
        Assert.Contains("faceedge_repeated_photos_total 1", lines);
        Assert.Contains("faceedge_recognition_duration_seconds_count{stage=\"decode\"} 1", lines);
        Assert.Contains("faceedge_recognition_duration_seconds_count{stage=\"commit\"} 1", lines);
        Assert.Contains("http_server_request_duration_seconds_count{method=\"POST\",status=\"200\",route=\"/face/predict\"} 2", lines);
        Assert.Contains("faceedge_requests_in_flight 0", lines);
        Assert.Contains(lines, line => line.StartsWith("faceedge_build_info{version=", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("process_resident_memory_bytes ", StringComparison.Ordinal));

        string promtool = "/usr/bin/promtool"; // Debian package prometheus
        if (File.Exists(promtool))
        {
            Tool.Run(promtool, System.Text.Encoding.UTF8.GetBytes(metrics.Body), "check", "metrics");
        }
    }
}
