namespace FaceEdge.Storage;

/// <summary>A face to be stored. It must not be changed before the task of the write has completed.</summary>
/// <param name="Encoding">The encoding: D finite floats as the encoder's model gives them (512 for fr512, unit length).</param>
/// <param name="Encoder">Which encoder made it, for example <c>fr512</c>; encodings of different encoders are never compared.</param>
/// <param name="Quality">Quality grade, 0..1.</param>
/// <param name="Image">The kept picture as a JPEG (or as it was posted), null when none is kept.</param>
/// <param name="Evidence">How much of a face the encoder saw, in its own units; 0 when that is not known.</param>
public sealed record NewFace(ReadOnlyMemory<float> Encoding, string Encoder, float Quality, byte[]? Image, float Evidence = 0);

/// <summary>A stored face without its picture: what the matrix is built from.</summary>
/// <param name="FaceId">Id of the face, never given twice.</param>
/// <param name="PersonId">Id of the person, never given twice.</param>
/// <param name="Quality">Quality grade, 0..1.</param>
/// <param name="Encoding">The encoding: as many finite floats as were asked for.</param>
/// <param name="Evidence">How much of a face the encoder saw, in its own units; 0 when that is not known.</param>
public readonly record struct StoredFace(long FaceId, long PersonId, float Quality, float[] Encoding, float Evidence = 0);

/// <summary>The ids given to an enrolled person and to the first face of that person; both at least 1.</summary>
/// <param name="PersonId">Id of the person.</param>
/// <param name="FaceId">Id of the face.</param>
public readonly record struct StoredIds(long PersonId, long FaceId);
