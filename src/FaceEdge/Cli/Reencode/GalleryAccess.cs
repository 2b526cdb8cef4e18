using FaceEdge.Recognition;
using FaceEdge.Storage;
using FaceEdge.Vision;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceEdge.Cli.Reencode;

/// <summary>What differs whether a daemon runs or not: it holds the lock of the data folder, and only it can change what it answers with.</summary>
internal static class GalleryAccess
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    /// <summary>Makes sure that there is a database of this version's schema.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="mayUpgrade">Whether an older one may be upgraded.</param>
    /// <exception cref="StorageException">There is none, or it can not be used.</exception>
    public static void MakeReady(string folder, bool mayUpgrade)
    {
        DatabaseReport report = DatabaseReport.Read(folder);
        if (!report.Exists)
        {
            throw new StorageException(StorageProblem.Other, $"There is no database {report.Path}. Name its folder with --DataDirectory.");
        }

        if (report.Damage is { } damage)
        {
            throw new StorageException(StorageProblem.Corrupt, $"{report.Path} is damaged: {damage}. Restore a backup first; see faceedge doctor.");
        }

        if (report.Schema == report.NewestSchema)
        {
            return;
        }

        if (report.InUse || !mayUpgrade || report.Schema > report.NewestSchema)
        {
            throw new StorageException(StorageProblem.NewerSchema,
                $"{report.Path} has schema {report.Schema}, this faceedge works with {report.NewestSchema}: start the daemon of this version once, which upgrades it.");
        }

        ImageDatabase.Open(folder, NullLogger.Instance).DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Puts the analyzer's encoder in force: by the daemon when one runs, else here. Ends when it is.</summary>
    /// <exception cref="StorageException">It could not be, or the daemon refused.</exception>
    public static async Task PutInForceAsync(FaceEdgeOptions options, EncodingStore store, FaceAnalyzer analyzer, CancellationToken cancel)
    {
        bool asked = false;
        while (true)
        {
            using (FileStream? alone = TryLock(options.DataDirectory))
            {
                if (alone is not null)
                {
                    Reencoding.Run(store, analyzer, options, static _ => { }, cancel); // What a daemon that ended a moment ago had enrolled.
                    store.PutInForce(analyzer.Encoder);
                    return;
                }
            }

            if (!asked)
            {
                store.Want(analyzer.Encoder);
                asked = true;
            }

            await Task.Delay(LookAgain, cancel);
            if (!store.IsWaiting)
            {
                if (store.Refusal is { } reason)
                {
                    throw new StorageException(StorageProblem.Other, $"The daemon did not change to {analyzer.Encoder}: {reason}");
                }

                return;
            }
        }
    }

    private static FileStream? TryLock(string folder)
    {
        try
        {
            return DatabaseOpening.TakeLock(new DatabaseFiles(folder, TimeProvider.System));
        }
        catch (StorageException e) when (e.Problem is StorageProblem.InUse)
        {
            return null;
        }
    }
}
