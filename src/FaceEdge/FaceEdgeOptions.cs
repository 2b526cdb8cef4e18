using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace FaceEdge;

/// <summary>
/// Every setting of the daemon with its default and its reason. Bound from <c>appsettings.json</c>,
/// <c>/etc/faceedge/faceedge.json</c>, the environment (<c>FACEEDGE__Section__Key</c>) and the command line
/// (<c>--Section:Key value</c>), the later winning over the earlier; validated before anything starts.
/// </summary>
public sealed class FaceEdgeOptions
{
    /// <summary>Where to listen. Loopback by default: whoever can reach the port can read who is in the gallery.</summary>
    [Required]
    public string Urls { get; set; } = "http://127.0.0.1:5000";

    /// <summary>
    /// The folder that holds <c>Image.db</c>. Empty means <c>$STATE_DIRECTORY</c> (set by systemd), else
    /// <c>~/.local/share/faceedge</c>: never the current folder, so that starting from elsewhere does not start over.
    /// </summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>The folder with <c>models.json</c> and the models. Empty means <c>models</c> beside the binary.</summary>
    public string ModelsDirectory { get; set; } = "";

    /// <summary>What a client may ask for.</summary>
    [ValidateObjectMembers]
    public LimitOptions Limits { get; set; } = new();

    /// <summary>What is kept in memory because it may be asked for again.</summary>
    [ValidateObjectMembers]
    public CacheOptions Cache { get; set; } = new();

    /// <summary>How photos are decoded.</summary>
    [ValidateObjectMembers]
    public ImagingOptions Imaging { get; set; } = new();

    /// <summary>How the models run and what a usable face is.</summary>
    [ValidateObjectMembers]
    public VisionOptions Vision { get; set; } = new();

    /// <summary>When two faces are one person, and what a person's template learns.</summary>
    [ValidateObjectMembers]
    public GalleryOptions Gallery { get; set; } = new();

    /// <summary>What is kept on disk.</summary>
    [ValidateObjectMembers]
    public StorageOptions Storage { get; set; } = new();

    /// <summary>What is logged.</summary>
    public LoggingOptions Logging { get; set; } = new();
}

/// <summary>What is logged, to standard error.</summary>
public sealed class LoggingOptions
{
    /// <summary>
    /// Least level by category (<c>Trace Debug Information Warning Error Critical None</c>), e.g. <c>Logging:LogLevel:Default</c>.
    /// Information writes one line a request, with the id but nothing biometric.
    /// </summary>
    public Dictionary<string, LogLevel> LogLevel { get; } = new()
    {
        ["Default"] = Microsoft.Extensions.Logging.LogLevel.Information,
        ["Microsoft.AspNetCore"] = Microsoft.Extensions.Logging.LogLevel.Warning,
        ["Microsoft.Hosting.Lifetime"] = Microsoft.Extensions.Logging.LogLevel.Warning, // It tells of folders that mean nothing here.

        // A failed start is told in one line by the command; the host would add a stack trace.
        ["Microsoft.Extensions.Hosting.Internal.Host"] = Microsoft.Extensions.Logging.LogLevel.None,

        // While it may log, every request gets an Activity and a log scope that nothing of ours reads.
        ["Microsoft.AspNetCore.Hosting.Diagnostics"] = Microsoft.Extensions.Logging.LogLevel.None,

        // A camera that goes away in the middle of an upload is no error of ours.
        ["Microsoft.AspNetCore.Server.Kestrel"] = Microsoft.Extensions.Logging.LogLevel.Critical,
    };
}

/// <summary>Limits on requests. Each protects the box from one client; the answers name the limit that was hit.</summary>
public sealed class LimitOptions
{
    /// <summary>Largest upload in bytes (413 <c>file_too_large</c>). 20 MiB holds a 24 MP JPEG of best quality.</summary>
    [Range(1024, 512L * 1024 * 1024)]
    public long MaxUploadBytes { get; set; } = 20 * 1024 * 1024;

    /// <summary>
    /// Bytes that all uploads under way may take together (503 <c>overloaded</c> beyond): a quarter of a 1 GB box. At least one upload of
    /// the largest size must fit.
    /// </summary>
    [Range(1024 * 1024, 64L * 1024 * 1024 * 1024)]
    public long MaxUploadMemory { get; set; } = 256 * 1024 * 1024;

    /// <summary>Largest photo in pixels (413 <c>too_many_pixels</c>), checked before decoding. 100 MP is above every camera sold with such a box.</summary>
    [Range(1, 1_000_000_000L)]
    public long MaxPixels { get; set; } = 100_000_000;

    /// <summary>Requests being received or recognised at once; one more is answered 503 <c>overloaded</c>. 64 waiting on 2 cores is about half a second.</summary>
    [Range(1, 10_000)]
    public int MaxConcurrentRequests { get; set; } = 64;

    /// <summary>
    /// Connections open at once; one more is closed. Far below the files a process may have open, or idle connections would leave none
    /// for anybody, and far above the requests at once, because browsers and cameras keep connections.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxConnections { get; set; } = 512;

    /// <summary>Photos recognised at once; 0 means one a core, because more only makes each wait longer.</summary>
    [Range(0, 256)]
    public int MaxConcurrentRecognitions { get; set; }

    /// <summary>Seconds a client may take to send its photo (408 after that): a stalled camera must not hold a place for ever.</summary>
    [Range(1, 3600)]
    public int UploadTimeoutSeconds { get; set; } = 30;

    /// <summary>The <c>Retry-After</c> of a 503, in seconds. The queue empties in less.</summary>
    [Range(1, 3600)]
    public int RetryAfterSeconds { get; set; } = 1;

    /// <summary>Seconds that requests in flight get to finish at shutdown.</summary>
    [Range(0, 600)]
    public int ShutdownSeconds { get; set; } = 25;
}

/// <summary>What is kept in memory because it may be asked for again (<see cref="DerivedCache"/>).</summary>
public sealed class CacheOptions
{
    /// <summary>
    /// Most that is kept, in bytes. An answered photo takes 3 KiB, so 16 MiB hold what 1,000 photos a second leave in 5 seconds, which is more than
    /// any box answers, and are 2 % of the memory of the smallest.
    /// </summary>
    [Range(64L * 1024, 64L * 1024 * 1024 * 1024)]
    public long Bytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// Seconds for which the same bytes, posted again, are answered without being looked at again; 0 looks at every photo. Cameras and clients that
    /// send twice do so within a second or two, and what is kept is biometric data: 5 is enough.
    /// </summary>
    [Range(0.0, 60.0)]
    public double RepeatSeconds { get; set; } = 5;
}

/// <summary>How photos are decoded.</summary>
public sealed class ImagingOptions
{
    /// <summary>
    /// A JPEG whose longer side is at least twice this is decoded at 1/2, 1/4 or 1/8 (in the DCT domain), and again larger when the face turns out
    /// to be under 112 pixels high then. At 1920 a 12 MP photo is halved, which saves a quarter of the decoding and most of the resizing; halving
    /// 1080p photos would save a fifth, and cost twice as much whenever the face is small.
    /// </summary>
    [Range(320, 65_500)]
    public int TargetSide { get; set; } = 1920;
}

/// <summary>What the models run on.</summary>
public enum ExecutionProvider
{
    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU through CUDA.</summary>
    Cuda,

    /// <summary>An NVIDIA GPU through TensorRT.</summary>
    TensorRt,
}

/// <summary>How the models run and what a usable face is.</summary>
public sealed class VisionOptions
{
    /// <summary>
    /// The encoder, a name of models.json: <c>fr512</c>, the more accurate one, <c>mfn192</c>, whose origin is known better, or <c>dlib128</c>, that
    /// of Python's face_recognition (models/cards). It is that of a new gallery: once people are enrolled, the gallery's own stays in force, as
    /// they would be strangers to another, until <c>faceedge reencode</c> changes it. Empty means the gallery's own, <c>fr512</c> for a new one.
    /// </summary>
    public string Encoder { get; set; } = "";

    /// <summary>ONNX Runtime threads per inference. 1: requests run in parallel instead, which is faster on a busy small box.</summary>
    [Range(1, 64)]
    public int Threads { get; set; } = 1;

    /// <summary>
    /// What the models run on: <c>Cpu</c>, or <c>Cuda</c> or <c>TensorRt</c> where the installed ONNX Runtime offers it (ours does not); the
    /// start stops with what is offered otherwise.
    /// </summary>
    [EnumDataType(typeof(ExecutionProvider))]
    public ExecutionProvider Provider { get; set; } = ExecutionProvider.Cpu;

    /// <summary>
    /// Detector score from which a box may be a face (0..1); unless it is all but 1, a second network has to agree. The detector authors' working
    /// point without such a check is 0.65; with it 0.3 finds more and errs less (docs/decisions/0013).
    /// </summary>
    [Range(0.05, 0.999)]
    public double DetectorThreshold { get; set; } = 0.3;

    /// <summary>
    /// Height in pixels of the smallest face that is looked for in a photo on which the first looks find nobody. Smaller costs time on photos without
    /// people: at 24 about 0.04 s for one of 1080p, 0.2 s for one of 12 MP. Where a camera mostly sends an empty room, 80 is enough near a door.
    /// </summary>
    [Range(8.0, 10_000.0)]
    public double SmallestFace { get; set; } = 24;

    /// <summary>Most tiles that a photo is cut into to look for small faces: a huge empty picture must not keep a core for seconds. 128 is enough for 12 MP at 24 pixels.</summary>
    [Range(1, 10_000)]
    public int MaxLooks { get; set; } = 128;

    /// <summary>
    /// Whether a first look with a quarter of the detector's pixels may settle whose face it is; when it leaves a doubt, all looks follow as they would
    /// without it. Saves some 3 ms on a photo of one near face (docs/decisions/0022).
    /// </summary>
    public bool QuickLook { get; set; } = true;

    /// <summary>Faces lower than this many pixels of the photo neither register nor teach: at 32 px a quarter of matches is lost, at 16 px false ones appear.</summary>
    [Range(16.0, 1000.0)]
    public double MinFaceHeight { get; set; } = 40;

    /// <summary>Faces lower than this many pixels of the photo are refused outright: they resemble strangers (models.md: false matches at 16).</summary>
    [Range(8.0, 1000.0)]
    public double MinMatchHeight { get; set; } = 20;

    /// <summary>Sharpness (0..1, see FaceQuality) under which a face neither registers nor teaches.</summary>
    [Range(0.0, 1.0)]
    public double MinSharpness { get; set; } = 0.15;

    /// <summary>
    /// Overall quality (0..1, see FaceQuality) under which a face neither registers nor teaches: 0.13 % of LFW photos are below, and a quarter
    /// of those blown out or half hidden that would not be recognised again (docs/decisions/0015).
    /// </summary>
    [Range(0.0, 1.0)]
    public double MinQuality { get; set; } = 0.35;

    /// <summary>
    /// How surely (0..1) eyes, mouth and nose, or brow may be covered, by dark glasses, a mask, a hand or a hat, for a face to register or teach; 1 takes every
    /// face. Only faces that match nobody are refused for it (docs/decisions/0028 has the curve).
    /// </summary>
    [Range(0.0, 1.0)]
    public double MaxCover { get; set; } = 0.5;

    /// <summary>How surely (0..1) too much light may have wiped a face out, as an infra-red lamp does, for it to register or teach; 1 takes every face.</summary>
    [Range(0.0, 1.0)]
    public double MaxWashedOut { get; set; } = 0.5;
}

/// <summary>When two faces are one person, and what a person's template learns.</summary>
public sealed class GalleryOptions
{
    /// <summary>
    /// A fixed threshold (0..1) for "the same person": a cosine, or for dlib128 1 less the tolerance; 0 lets it follow from
    /// <see cref="FalsePositiveRate"/> and the number of people.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Threshold { get; set; }

    /// <summary>
    /// Share of strangers that may be taken for someone known (FPIR, 0..1): one in a hundred. Less makes more people split into several
    /// ids, more merges strangers.
    /// </summary>
    [Range(0.00001, 0.5)]
    public double FalsePositiveRate { get; set; } = 0.01;

    /// <summary>
    /// People for whom <see cref="FalsePositiveRate"/> is meant to hold at least; a larger gallery raises the threshold further. A small gallery
    /// grows, and a stranger merged into it while it was small stays merged: with 1,000 the streams of every size keep their false merges
    /// under 1 % (docs/decisions/0012).
    /// </summary>
    [Range(1, 10_000_000)]
    public int ExpectedPeople { get; set; } = 1000;

    /// <summary>
    /// A match must be this much above the threshold to teach: one that only just matched may be somebody else, and would pull the
    /// template towards that person. 0.025 halves the pairs falsely merged in a stream of LFW photos at the same F1.
    /// </summary>
    [Range(0.0, 1.0)]
    public double LearnMargin { get; set; } = 0.025;

    /// <summary>
    /// Faces kept per person; the template is their mean. One face each costs 0.7 points of B-cubed F1, from 4 on nothing measurable
    /// is gained; 16 leave room for a change of glasses and seasons.
    /// </summary>
    [Range(1, 1000)]
    public int MaxFacesPerPerson { get; set; } = 16;
}

/// <summary>Which picture of a face is kept beside its encoding.</summary>
public enum KeepImages
{
    /// <summary>The face with a margin: enough to encode it again when the model changes, and to show who it is.</summary>
    Crop,

    /// <summary>The photo as it was posted.</summary>
    Original,

    /// <summary>Nothing. A later change of the model then loses everybody.</summary>
    None,
}

/// <summary>What is kept on disk.</summary>
public sealed class StorageOptions
{
    /// <summary>Which picture of a face is kept.</summary>
    [EnumDataType(typeof(KeepImages))]
    public KeepImages KeepImages { get; set; } = KeepImages.Crop;

    /// <summary>Longest side of a kept crop in pixels: four times what the encoder sees, so that a better one has something to gain.</summary>
    [Range(112, 4096)]
    public int CropSide { get; set; } = 512;

    /// <summary>JPEG quality of a kept crop (1..100). At 90 the encoding of the crop differs from the photo's by less than a frame does from the next.</summary>
    [Range(1, 100)]
    public int CropQuality { get; set; } = 90;
}
