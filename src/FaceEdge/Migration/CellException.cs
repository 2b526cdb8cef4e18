namespace FaceEdge.Migration;

/// <summary>A value of somebody else's database that can not be taken. The message says what it is and why, in a few words.</summary>
/// <param name="message">Begins small, ends without a full stop: it stands in a list.</param>
internal sealed class CellException(string message) : Exception(message);
