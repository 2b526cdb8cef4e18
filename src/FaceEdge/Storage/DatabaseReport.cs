using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>What was found by looking at a database without changing a byte of it.</summary>
/// <param name="Path">The file.</param>
/// <param name="Exists">Whether there is one; without it the first start makes it.</param>
/// <param name="InUse">Whether a daemon has it open.</param>
/// <param name="Schema">Version in the file, 0 when it could not be read.</param>
/// <param name="NewestSchema">Version that this binary writes.</param>
/// <param name="Damage">What is wrong with it; null when nothing was found.</param>
/// <param name="People">People stored.</param>
/// <param name="Faces">Faces stored.</param>
/// <param name="Bytes">Size of the file and its log.</param>
/// <param name="Encoder">The encoder in force; null as long as there is no face.</param>
public sealed record DatabaseReport(
    string Path, bool Exists, bool InUse, int Schema, int NewestSchema, string? Damage, long People, long Faces, long Bytes, string? Encoder)
{
    /// <summary>Looks at the database of a folder; safe beside a running daemon, which it never makes wait.</summary>
    /// <exception cref="StorageException">It can not be looked at: another program's, or not readable by this user.</exception>
    public static DatabaseReport Read(string dataDirectory)
    {
        var files = new DatabaseFiles(dataDirectory, TimeProvider.System);
        var report = new DatabaseReport(files.Database, false, false, 0, Storage.Schema.Steps.Count, null, 0, 0, 0, null);
        try
        {
            // A folder that may not be looked into throws here, instead of seeming empty.
            if (!Directory.Exists(files.Folder) || !Directory.EnumerateFiles(files.Folder).Any() || !files.HasDatabase)
            {
                return report;
            }

            DatabaseInspection.RefuseForeign(files.Seen);
            var log = new FileInfo(files.Database + "-wal");
            report = report with
            {
                Exists = true,
                InUse = files.IsLocked,
                Bytes = new FileInfo(files.Seen).Length + (log.Exists ? log.Length : 0),
            };
            if (LogCheck.FindDamageBeside(files) is { } logDamage)
            {
                return report with { Damage = logDamage };
            }

            using var connection = Sqlite.ConnectToLook(files);
            if (DatabaseJudge.FindDamage(connection, files.Seen, Storage.Schema.Steps, facesAreReadNext: false) is { } damage)
            {
                return report with { Damage = damage };
            }

            return report with
            {
                Schema = Storage.Schema.ReadVersion(connection),
                People = Sqlite.Number(connection, "SELECT count(*) FROM person"),
                Faces = Sqlite.Number(connection, "SELECT count(*) FROM face"),
                Encoder = Sqlite.Texts(connection, FaceReader.EncoderInForce).FirstOrDefault(),
            };
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            var known = StorageException.From(e, files.Database);
            return known.Problem is StorageProblem.Corrupt ? report with { Damage = e.Message } : throw known;
        }
    }
}
