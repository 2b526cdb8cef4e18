using System.Runtime.ExceptionServices;

namespace FaceEdge.Vision;

/// <summary>Loads models side by side: each takes a core for 30 to 80 ms, half of it for the hash of its file, and a start waits for all of them.</summary>
internal static class ModelLoader
{
    /// <summary>Reads, checks and prepares all of them; the result is in their order.</summary>
    /// <param name="manifest">Where they are listed.</param>
    /// <param name="options">Threads and provider.</param>
    /// <param name="entries">What to load.</param>
    /// <exception cref="ModelException">One is missing, another than was measured, or does not run. None stays loaded then.</exception>
    public static OnnxModel[] Load(ModelManifest manifest, VisionOptions options, params ModelEntry[] entries)
    {
        Task<OnnxModel>[] loading = Array.ConvertAll(
            entries,
            entry => Task.Run(() => OnnxModel.Load(entry.Name, manifest.ReadVerified(entry), options.Threads, options.Provider)));
        try
        {
            Task.WaitAll(loading);
            return Array.ConvertAll(loading, task => task.Result);
        }
        catch (AggregateException e)
        {
            foreach (Task<OnnxModel> task in loading)
            {
                if (task.IsCompletedSuccessfully)
                {
                    task.Result.Dispose();
                }
            }

            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]); // One is enough to tell; the others often have the same cause.
            throw;
        }
    }
}
