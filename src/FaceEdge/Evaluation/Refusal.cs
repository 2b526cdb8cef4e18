using FaceEdge.Imaging;
using FaceEdge.Recognition;

namespace FaceEdge.Evaluation;

/// <summary>Why a photo got no answer, by the codes of docs/api.md. Such a photo is counted; it ends no evaluation.</summary>
internal static class Refusal
{
    /// <summary>The file itself could not be read.</summary>
    private const string Unreadable = "unreadable_file";

    /// <summary>Whether that is a photo's fault, not the program's.</summary>
    public static bool Is(Exception e) => e is ImageException or RecognitionException or IOException or UnauthorizedAccessException;

    /// <summary>The code of a refusal.</summary>
    public static string CodeOf(Exception e) => e switch
    {
        ImageException { Problem: ImageProblem.UnsupportedFormat } => "unsupported_format",
        ImageException { Problem: ImageProblem.TooManyPixels } => "too_many_pixels",
        ImageException => "corrupt_image",
        RecognitionException { Problem: RecognitionProblem.NoFace } => "no_face",
        RecognitionException { Problem: RecognitionProblem.FaceTooSmall } => "face_too_small",
        RecognitionException { Problem: RecognitionProblem.Covered } => "covered",
        RecognitionException { Problem: RecognitionProblem.WashedOut } => "washed_out",
        RecognitionException => "low_quality",
        _ => Unreadable,
    };

    /// <summary>How often each code occurs, by name.</summary>
    public static SortedDictionary<string, int> Count(IEnumerable<string?> codes)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (string? code in codes)
        {
            if (code is not null)
            {
                counts[code] = counts.GetValueOrDefault(code) + 1;
            }
        }

        return counts;
    }
}
