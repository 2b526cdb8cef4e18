namespace FaceEdge.Vision;

/// <summary>A model or its runtime is missing, is not the one that was measured, or can not be run. The message says which and what to do.</summary>
public sealed class ModelException : Exception
{
    /// <summary>An error with a message for the operator.</summary>
    public ModelException(string message)
        : base(message)
    {
    }

    /// <summary>An error with a message for the operator and its cause.</summary>
    public ModelException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
