using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage.Salvage;

/// <summary>A damaged database, or a damaged backup, made into a whole one beside it.</summary>
public static class Salvaging
{
    /// <summary>Writes everybody who can be read into a new file, which <c>restore</c> takes. The damaged one is not touched.</summary>
    /// <param name="source">The damaged file; its log is looked for beside it.</param>
    /// <param name="target">A new file; private to this user.</param>
    /// <exception cref="StorageException">There is nothing to read, or no room; then there is no file.</exception>
    public static (SalvageReport Report, DatabaseCheck Written) Run(string source, string target)
    {
        (source, target) = (Path.GetFullPath(source), Path.GetFullPath(target));
        if (!File.Exists(source) && !File.Exists(source + "-wal"))
        {
            throw new StorageException(StorageProblem.Other, $"There is no file {source}.");
        }

        try
        {
            SalvageReport report;
            using var partial = new PartialFile(target);
            using (var pages = PageFile.Open(source))
            using (SqliteConnection connection = Sqlite.Connect(partial.Path, SqliteOpenMode.ReadWrite))
            {
                report = Salvager.Run(pages, connection, pictures: true);
                Sqlite.Run(connection, "PRAGMA journal_mode=DELETE");
            }

            if (report.People == 0)
            {
                throw new StorageException(StorageProblem.Corrupt, $"Nobody can be read out of {source}: no page of it holds a face of ours. {report.Losses}Nothing was written.");
            }

            using (SqliteConnection written = Sqlite.ConnectToFile(partial.Path))
            {
                DatabaseCheck check = DatabaseCheck.Of(written, target);
                if (check.Problems.Count > 0)
                {
                    throw new StorageException(StorageProblem.Other, $"What was written to {target} does not read back, so it was deleted: {string.Join("; ", check.Problems.Take(3))}. Look at the disk.");
                }

                written.Dispose();
                partial.Finish();
                return (report, check);
            }
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw StorageException.From(e, target);
        }
    }
}
