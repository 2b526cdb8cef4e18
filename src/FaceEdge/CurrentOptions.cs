namespace FaceEdge;

/// <summary>
/// The settings in force, replaced as a whole by a reload. Whoever answers a request takes <see cref="Value"/> once, so that one
/// request never sees half of the old settings and half of the new. The object behind it is never changed after it was handed over.
/// </summary>
/// <param name="start">Validated.</param>
public sealed class CurrentOptions(FaceEdgeOptions start)
{
    private volatile FaceEdgeOptions _value = start;

    /// <summary>The settings as they are now.</summary>
    public FaceEdgeOptions Value => _value;

    /// <summary>Puts other validated settings in force, for whatever begins after this.</summary>
    public void Replace(FaceEdgeOptions options) => _value = options;
}
