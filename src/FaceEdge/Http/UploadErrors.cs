namespace FaceEdge.Http;

/// <summary>What is said of an upload without a usable photo.</summary>
internal static class UploadErrors
{
    private const string HowTo = "Send the photo as the multipart field \"file\", e.g. curl -F file=@photo.jpg, or as the body with an image/* content type.";

    /// <summary>There is no photo; the original's text, which its clients compare with, and why.</summary>
    public static RequestException NoFile(string why) => new(400, "no_file", $"{why} {HowTo}", "No file uploaded.");

    /// <summary>The part says that it is something else: the original's text and status.</summary>
    public static RequestException NotAPicture(string contentType) => new(
        400,
        "unsupported_format",
        $"The part \"file\" says that it is {contentType}, no picture. {HowTo}",
        "Invalid file type. Only image files are allowed.");

    /// <summary>The form cannot be read.</summary>
    public static RequestException Malformed(string why) => new(400, "malformed", $"{why} {HowTo}");

    /// <summary>The photo, or what comes with it, is over the limit.</summary>
    public static RequestException TooLarge(FaceEdgeOptions options) => new(
        413,
        "file_too_large",
        $"The upload is larger than {options.Limits.MaxUploadBytes:N0} bytes (Limits:MaxUploadBytes). Send a smaller photo, or raise the limit.");
}
