namespace FaceEdge.Storage;

/// <summary>
/// A file that somebody asked for, until it is whole: made in a folder of its own beside its place (<c>FILE.partial</c>, for its user alone),
/// so that nothing that lies there is touched, no link that somebody planted is followed, and what SQLite lays beside it is private, too.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private readonly string _folder;
    private readonly string _target;

    /// <summary>Begins a file.</summary>
    /// <param name="target">Where it is to be; there must be nothing yet.</param>
    /// <exception cref="StorageException">There is something of that name.</exception>
    /// <exception cref="IOException">Nothing can be made there.</exception>
    public PartialFile(string target)
    {
        _target = target;
        RefuseExisting();
        if (System.IO.Path.GetDirectoryName(target) is not { } parent || !Directory.Exists(parent))
        {
            throw new DirectoryNotFoundException($"There is no folder {System.IO.Path.GetDirectoryName(target)}. Make it first.");
        }

        _folder = target + ".partial";
        for (int n = 2; !PrivateFiles.TryCreateNewFolder(_folder); n++)
        {
            _folder = $"{target}.partial-{n}"; // what is there may be somebody's, or of a run that was killed: it stays
        }

        Path = System.IO.Path.Combine(_folder, "new");
        PrivateFiles.CreateEmpty(Path);
    }

    /// <summary>Where it is until then.</summary>
    public string Path { get; }

    /// <summary>Makes it durable and gives it its name.</summary>
    /// <exception cref="IOException">It could not be.</exception>
    public void Finish()
    {
        PrivateFiles.Sync(Path);
        RefuseExisting();
        File.Move(Path, _target, overwrite: true); // rename(2), also where there are no hard links
        Directory.Delete(_folder, recursive: true);
        PrivateFiles.Sync(System.IO.Path.GetDirectoryName(_target)!);
    }

    /// <summary>Removes what was not finished.</summary>
    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private void RefuseExisting()
    {
        if (System.IO.Path.Exists(_target) || new FileInfo(_target).LinkTarget is not null)
        {
            throw new StorageException(StorageProblem.Other, $"{_target} exists already and is left as it is. Name a new file, e.g. with the date in it.");
        }

        if (DatabaseFiles.Companions.FirstOrDefault(companion => new FileInfo(_target + companion) is var file && (file.Exists || file.LinkTarget is not null)) is { } companion)
        {
            throw new StorageException(StorageProblem.Other, $"{_target}{companion} exists already and would be taken for a part of {_target}. Name a new file, or remove it.");
        }
    }
}
