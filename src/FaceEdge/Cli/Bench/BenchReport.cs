using System.Text.Json.Serialization;

namespace FaceEdge.Cli.Bench;

/// <summary>What <c>faceedge bench --json</c> prints. Times are milliseconds, sizes bytes.</summary>
/// <param name="Version">Of FaceEdge.</param>
/// <param name="Processor">Its name, cores and vector instructions.</param>
/// <param name="Cores">Processors that this process may use.</param>
/// <param name="Encoder">What faces were encoded with.</param>
/// <param name="Start">From files to ready models.</param>
/// <param name="Photo">What was recognised.</param>
/// <param name="Stages">Where the time of one photo goes.</param>
/// <param name="Loads">The photo again and again, by so many clients at once.</param>
/// <param name="Search">Looking one face up among many people.</param>
/// <param name="Memory">Of this process.</param>
internal sealed record BenchReport(
    string Version, string Processor, int Cores, string Encoder, StartReport Start, PhotoReport Photo, IReadOnlyList<StageReport> Stages,
    IReadOnlyList<LoadReport> Loads, SearchReport Search, MemoryReport Memory);

/// <summary>The start.</summary>
/// <param name="ModelsMs">Loading and checking the models, each run once.</param>
internal sealed record StartReport(double ModelsMs);

/// <summary>The photo.</summary>
/// <param name="File">Its path, or <c>drawn</c>.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Bytes">Of the file.</param>
/// <param name="FaceHeight">Height of the subject's face in pixels of the photo.</param>
internal sealed record PhotoReport(string File, int Width, int Height, long Bytes, double FaceHeight);

/// <summary>One stage of the way of a photo.</summary>
/// <param name="Stage">Its name as in <c>/metrics</c>.</param>
/// <param name="MedianMs">Half took less.</param>
/// <param name="P95Ms">One in twenty took more.</param>
/// <param name="Times">How often it was measured.</param>
internal sealed record StageReport(string Stage, double MedianMs, double P95Ms, int Times);

/// <summary>Photos of a known person, posted by clients that each wait for their answer; without HTTP.</summary>
/// <param name="Clients">At once.</param>
/// <param name="PhotosPerSecond">Answered.</param>
/// <param name="MedianMs">Latency.</param>
/// <param name="P95Ms">Latency.</param>
/// <param name="CpuMs">Processor time of one photo.</param>
/// <param name="AllocatedBytes">Managed memory allocated for one photo.</param>
/// <param name="Photos">How many were answered.</param>
internal sealed record LoadReport(
    int Clients, double PhotosPerSecond, double MedianMs, double P95Ms, double CpuMs, double AllocatedBytes, int Photos);

/// <summary>One probe against everybody.</summary>
/// <param name="People">Made-up templates.</param>
/// <param name="Dimensions">Numbers in each.</param>
/// <param name="MedianMs">Of one search, exact, by one client.</param>
/// <param name="P95Ms">One in twenty took more.</param>
/// <param name="Bytes">Memory that they took.</param>
internal sealed record SearchReport(int People, int Dimensions, double MedianMs, double P95Ms, long Bytes);

/// <summary>Resident memory.</summary>
/// <param name="IdleBytes">With models, before the first photo.</param>
/// <param name="AfterPhotosBytes">After all photos.</param>
internal sealed record MemoryReport(long IdleBytes, long AfterPhotosBytes);

/// <summary>Source-generated JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(BenchReport))]
internal sealed partial class BenchJson : JsonSerializerContext;
