namespace FaceEdge.Evaluation;

/// <summary>Something given to an evaluation that can not be measured. The message is one line: what, where, what would be right.</summary>
/// <param name="message">For the user.</param>
internal sealed class EvaluationException(string message) : Exception(message);
