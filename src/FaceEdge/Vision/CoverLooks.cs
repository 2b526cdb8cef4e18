namespace FaceEdge.Vision;

/// <summary>
/// What the encoder says of a face with a part blanked. A part that is covered adds nothing to the encoding, so blanking it changes next to nothing; on an open
/// face it changes much.
/// </summary>
/// <param name="Eyes">Cosine of the encoding without the eyes to that of the face.</param>
/// <param name="Mouth">The same without mouth and nose.</param>
/// <param name="Each">Cosine of those two to each other.</param>
/// <param name="EyesEvidence">Evidence without the eyes as a part of that of the face.</param>
/// <param name="MouthEvidence">The same without mouth and nose.</param>
/// <param name="Evidence">Of the face, see <see cref="Face.Evidence"/>.</param>
internal readonly record struct CoverLooks(float Eyes, float Mouth, float Each, float EyesEvidence, float MouthEvidence, float Evidence);
