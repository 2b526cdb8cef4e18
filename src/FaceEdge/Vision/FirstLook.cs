namespace FaceEdge.Vision;

/// <summary>Whether the encoder's first look at a face tells enough, so that the second, which costs as much again, is left out.</summary>
/// <param name="encoding">What it says so far. When the answer is no, the encoding of both looks takes its place in the same array.</param>
/// <param name="evidence">See <see cref="Face.Evidence"/>.</param>
public delegate bool FirstLook(float[] encoding, float evidence);
