using FaceEdge.Vision;

namespace FaceEdge.Recognition;

/// <summary>What became of a photo.</summary>
/// <param name="Id">The person, 1 or more.</param>
/// <param name="New">Whether the person was unknown until now.</param>
/// <param name="Similarity">How alike the nearest template was before a possible registration, at most 1; 0 in an empty gallery.</param>
/// <param name="Threshold">The threshold in force.</param>
/// <param name="Box">The subject's face in pixels of the upright photo as it was posted.</param>
/// <param name="Quality">How good the face is.</param>
/// <param name="Faces">Faces in the photo, 1 or more; the largest is the subject. Null when nobody asked.</param>
public sealed record RecognitionResult(
    long Id, bool New, float Similarity, float Threshold, FaceBox Box, FaceQuality Quality, int? Faces);

/// <summary>Why a photo that could be decoded can not be answered.</summary>
public enum RecognitionProblem
{
    /// <summary>No face was found.</summary>
    NoFace,

    /// <summary>The face matches nobody and is too small to register.</summary>
    FaceTooSmall,

    /// <summary>The face matches nobody and is too blurred, or altogether too poor, to register.</summary>
    LowQuality,

    /// <summary>The face matches nobody and a part of it is covered, so that it is not registered.</summary>
    Covered,

    /// <summary>The face matches nobody and too much light has wiped it out, so that it is not registered.</summary>
    WashedOut,
}

/// <summary>A decodable photo without an answer. The message is for the user: what, why, what to do.</summary>
/// <param name="problem">Which.</param>
/// <param name="message">For the user.</param>
public sealed class RecognitionException(RecognitionProblem problem, string message) : Exception(message)
{
    /// <summary>Which problem.</summary>
    public RecognitionProblem Problem { get; } = problem;
}
