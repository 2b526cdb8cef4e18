using System.Diagnostics.Metrics;
using FaceEdge.Http;
using FaceEdge.Metrics;
using FaceEdge.Recognition;
using FaceEdge.Storage;

namespace FaceEdge.Hosting;

/// <summary>What <c>/metrics</c> looks up in the rooms at the moment it is asked; what happens is counted by the rooms themselves.</summary>
internal sealed class DaemonGauges : IDisposable
{
    private readonly Meter _meter = new(Instruments.MeterName);

    /// <summary>Shows these rooms until disposed of.</summary>
    public DaemonGauges(Recognizer recognizer, ImageDatabase database, AdmissionGate gate, DerivedCache cache)
    {
        _meter.CreateObservableGauge("faceedge_people", () => recognizer.People, null, "People known.");
        _meter.CreateObservableGauge("faceedge_threshold", () => (double)recognizer.Threshold, null, "Similarity from which two faces are one person, as in force.");
        _meter.CreateObservableGauge("faceedge_requests_in_flight", () => gate.InFlight, null, "Photos being received or recognised.");
        _meter.CreateObservableGauge("faceedge_cache_bytes", () => cache.Bytes, null, "What is kept for a while because it can be derived again.");
        _meter.CreateObservableGauge("faceedge_database_bytes", () => database.Bytes, null, "Size of Image.db and its log.");
        _meter.CreateObservableCounter("faceedge_database_commits_total", () => database.Commits, null, "Transactions written to the disk.");
        _meter.CreateObservableGauge("faceedge_database_usable", () => IsUsable(database) ? 1 : 0, null, "1 when people can be read and written, 0 when not: see /readyz.");
        _meter.CreateObservableGauge("faceedge_damaged_faces", () => database.DamagedFaces, null, "Faces left out at this start because they are damaged.");
        _meter.CreateObservableGauge("faceedge_erasures_pending", () => database.ErasureIsOwed ? 1 : 0, null, "1 while a deleted face still stands in the log of recent writes.");
        _meter.CreateObservableGauge(
            "faceedge_build_info",
            () => new Measurement<long>(1, new("version", Product.Version), new("encoder", recognizer.Encoder)),
            null,
            "Always 1; the labels tell what runs.");
        ProcessGauges.AddTo(_meter);
        ErrorHandling.ShowOutcomes();
        Instruments.CountRepeatedPhotos(0);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static bool IsUsable(ImageDatabase database)
    {
        try
        {
            database.Ping();
            return true;
        }
        catch (Exception e) when (e is StorageException or ObjectDisposedException)
        {
            return false;
        }
    }
}
