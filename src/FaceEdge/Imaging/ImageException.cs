namespace FaceEdge.Imaging;

/// <summary>Why a file could not become pixels.</summary>
public enum ImageProblem
{
    /// <summary>Not a JPEG, PNG or WebP, or a variant of one that is not supported (12-bit or lossless JPEG, animated WebP).</summary>
    UnsupportedFormat,

    /// <summary>More pixels than allowed; found in the header, before any memory was taken.</summary>
    TooManyPixels,

    /// <summary>Cut off or damaged.</summary>
    Corrupt,
}

/// <summary>A file could not become pixels. The message is for the user: what is wrong, why, and what to do.</summary>
public sealed class ImageException : Exception
{
    /// <summary>A problem with its message for the user.</summary>
    public ImageException(ImageProblem problem, string message)
        : base(message) => Problem = problem;

    /// <summary>What is wrong.</summary>
    public ImageProblem Problem { get; }

    /// <summary>A damaged file; the reason is the codec's own words.</summary>
    internal static ImageException Corrupt(string format, string reason) =>
        new(ImageProblem.Corrupt, $"The {format} is damaged or cut off: {reason.TrimEnd('.')}. Send the photo again, or open and save it anew.");
}
