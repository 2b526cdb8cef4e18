using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>Begins a database in which nobody is known.</summary>
internal static class EmptyDatabase
{
    /// <summary>Makes one and puts it in its place, so that a kill at any moment leaves the old one or the new one.</summary>
    /// <param name="files">The folder, whose lock is held.</param>
    /// <param name="steps">The schema's steps.</param>
    /// <param name="highestGiven">New ids are above it.</param>
    /// <param name="keepAs">A word for the name under which an old database is kept; null when there is none to keep.</param>
    /// <returns>That name; null when nothing was kept.</returns>
    public static string? Put(DatabaseFiles files, IReadOnlyList<string> steps, long highestGiven, string? keepAs)
    {
        PrivateFiles.CreateEmpty(files.Unfinished);
        using (SqliteConnection connection = Sqlite.Connect(files.Unfinished, SqliteOpenMode.ReadWrite))
        {
            Sqlite.Run(connection, $"PRAGMA page_size={Schema.PageSize}");
            Schema.Migrate(connection, 0, steps);
            Schema.ContinueAbove(connection, highestGiven);
            Sqlite.Run(connection, "PRAGMA journal_mode=WAL");
        }

        PrivateFiles.Sync(files.Unfinished);
        return Replacement.Put(files, files.Unfinished, keepAs);
    }
}
