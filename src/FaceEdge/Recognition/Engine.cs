using FaceEdge.Gallery;
using FaceEdge.Vision;

namespace FaceEdge.Recognition;

/// <summary>Models and the gallery of their encodings: one is of no use without the other, so they are changed together.</summary>
/// <param name="analyzer">Loaded models.</param>
/// <param name="gallery">Loaded with the encodings of that analyzer's encoder.</param>
public sealed class Engine(FaceAnalyzer analyzer, FaceGallery gallery) : IDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    private int _users;

    /// <summary>The models.</summary>
    public FaceAnalyzer Analyzer { get; } = analyzer;

    /// <summary>Everybody known, by that encoder.</summary>
    public FaceGallery Gallery { get; } = gallery;

    /// <summary>Somebody uses it until <see cref="Leave"/>.</summary>
    internal void Enter() => Interlocked.Increment(ref _users);

    /// <summary>See <see cref="Enter"/>.</summary>
    internal void Leave() => Interlocked.Decrement(ref _users);

    /// <summary>Ends when nobody uses it and what it learned is on disk.</summary>
    internal async Task IdleAsync()
    {
        while (Volatile.Read(ref _users) > 0)
        {
            await Task.Delay(LookAgain);
        }

        await Gallery.LearnedAsync();
    }

    /// <summary>Frees both. Nobody may use them any more.</summary>
    public void Dispose()
    {
        Analyzer.Dispose();
        Gallery.Dispose();
    }
}
