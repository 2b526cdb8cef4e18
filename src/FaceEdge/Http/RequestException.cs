namespace FaceEdge.Http;

/// <summary>A request that cannot be answered as it is.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="code">What a script can rely on, e.g. <c>no_file</c>.</param>
/// <param name="message">For the user: what, why, what to do.</param>
/// <param name="original">The original's own text for it, if it had one: its clients compare with it.</param>
internal sealed class RequestException(int status, string code, string message, string? original = null) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public string? Original { get; } = original;
}
