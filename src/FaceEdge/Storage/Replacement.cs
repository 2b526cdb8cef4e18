namespace FaceEdge.Storage;

/// <summary>
/// Puts a whole database in the place of another so that a kill or a power cut at any moment leaves one of the two, never none and never
/// one with the other's log. The old one gets a second name (a hard link) before it loses its own. Then the new one is named
/// <c>Image.db.ready</c>: from that moment on it counts, and a start that finds it does what is left to be done.
/// </summary>
internal static class Replacement
{
    /// <summary>Takes a file for the database.</summary>
    /// <param name="files">The folder, whose lock is held.</param>
    /// <param name="source">A whole database in it, on the disk, without a log.</param>
    /// <param name="keepAs">A word for the name under which the old one is kept with its log; null when nothing of it is lost.</param>
    /// <returns>That name; null when nothing was kept.</returns>
    public static string? Put(DatabaseFiles files, string source, string? keepAs)
    {
        string? kept = keepAs is null ? null : Keep(files, keepAs);
        File.Move(source, files.Ready, overwrite: true); // rename(2): without it .NET links and unlinks
        PrivateFiles.Sync(files.Folder);
        Finish(files);
        return kept;
    }

    /// <summary>Goes on with a replacement that was cut off.</summary>
    /// <returns>Whether there was one.</returns>
    public static bool GoOn(DatabaseFiles files)
    {
        if (!File.Exists(files.Ready))
        {
            return false;
        }

        Finish(files);
        return true;
    }

    /// <summary>Gives the database and its log, as they are, second names.</summary>
    private static string? Keep(DatabaseFiles files, string word)
    {
        string name = files.NewName(word);
        bool any = false;
        foreach (string part in (ReadOnlySpan<string>)["", "-wal", "-journal"])
        {
            if (new FileInfo(files.Database + part) is { Exists: true } file && (part.Length == 0 || file.Length > 0))
            {
                PrivateFiles.Link(file.FullName, name + part, files.Aside);
                any = true;
            }
        }

        PrivateFiles.Sync(files.Folder);
        return any ? name : null;
    }

    private static void Finish(DatabaseFiles files)
    {
        // The old one's log first: SQLite would play it back into the new one.
        foreach (string companion in DatabaseFiles.Companions)
        {
            File.Delete(files.Database + companion);
            File.Delete(files.Ready + companion);
        }

        PrivateFiles.Sync(files.Folder);
        File.Move(files.Ready, files.Database, overwrite: true);
        PrivateFiles.Sync(files.Folder);
    }
}
