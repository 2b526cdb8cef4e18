namespace FaceEdge.Http;

/// <summary>A request that can not be answered as it is.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="code">What a script can rely on, e.g. <c>no_file</c>.</param>
/// <param name="message">For the user: what, why, what to do.</param>
internal sealed class RequestException(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;
}
