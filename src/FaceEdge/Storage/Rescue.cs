using System.Globalization;
using FaceEdge.Storage.Salvage;
using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>Somebody as memory knows them: enough to recognise them by.</summary>
/// <param name="PersonId">The id.</param>
/// <param name="Encoder">Whose encoding it is.</param>
/// <param name="Encoding">The template.</param>
public readonly record struct RememberedPerson(long PersonId, string Encoder, float[] Encoding);

/// <summary>
/// What is saved when the database is taken away under a running daemon: deleted, moved, cut or overwritten. The open files still give what was
/// deleted or moved; where they do not, memory gives everybody's template. The file lies beside as <c>Image.db.rescued</c>, and the next start
/// puts it in place.
/// </summary>
internal static class Rescue
{
    /// <summary>In <c>meta</c> of a rescued file: which database it was, see <see cref="Schema.FileMark"/>.</summary>
    private const string OfKey = "rescue_of";

    /// <summary>The quality noted with a template: it is the mean of faces that were good enough.</summary>
    private const double TemplateQuality = 1;

    /// <summary>Saves what the open files and memory hold.</summary>
    /// <param name="files">Where to.</param>
    /// <param name="pages">The open files. Stay open.</param>
    /// <param name="remembered">Everybody in memory.</param>
    /// <param name="mark">Which database it is.</param>
    /// <param name="pictures">Whether pictures are saved, too.</param>
    /// <returns>How many people and faces were saved, and how many of them as templates only.</returns>
    /// <exception cref="Exception">It could not be written; there is no file then.</exception>
    public static (long People, long FromMemory) Save(DatabaseFiles files, PageFile pages, IEnumerable<RememberedPerson> remembered, long mark, bool pictures)
    {
        DatabaseFiles.Delete(files.Unfinished);
        PrivateFiles.CreateEmpty(files.Unfinished);
        long people, fromMemory = 0;
        try
        {
            using (SqliteConnection target = Sqlite.Connect(files.Unfinished, SqliteOpenMode.ReadWrite))
            {
                Salvager.Run(pages, target, pictures);
                Sqlite.Run(target, "BEGIN");
                foreach (RememberedPerson person in remembered)
                {
                    fromMemory += Add(target, person) ? 1 : 0;
                }

                Sqlite.Number(target, "INSERT OR REPLACE INTO meta(key, value) VALUES($key, $value)", ("$key", OfKey), ("$value", mark.ToString(CultureInfo.InvariantCulture)));
                Sqlite.Run(target, "COMMIT");
                people = Sqlite.Number(target, "SELECT count(*) FROM person");
            }

            PrivateFiles.Sync(files.Unfinished);
            File.Move(files.Unfinished, files.Rescued, overwrite: true);
            PrivateFiles.Sync(files.Folder);
            return (people, fromMemory);
        }
        catch
        {
            DatabaseFiles.Delete(files.Unfinished);
            throw;
        }
    }

    /// <summary>
    /// At a start: what was saved takes the place of what is left of the database, unless somebody has put another one there. Null when nothing
    /// was saved, else what to tell.
    /// </summary>
    public static string? PutInPlace(DatabaseFiles files, ILogger logger)
    {
        if (!File.Exists(files.Rescued))
        {
            return null;
        }

        long mark;
        using (SqliteConnection rescued = Sqlite.ConnectToFile(files.Rescued))
        {
            mark = Sqlite.Number(rescued, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = $key", ("$key", OfKey));
        }

        if (IsAnother(files, mark))
        {
            string aside = files.NewName("rescued");
            if (File.Exists(files.Log))
            {
                File.Move(files.Log, aside + "-other-wal", overwrite: true); // the log of the one that was taken away: it would be played back into the other
                File.Delete(files.Database + "-shm");
            }

            File.Move(files.Rescued, aside, overwrite: true);
            PrivateFiles.Sync(files.Folder);
            string another = $"{files.Database} was replaced while the daemon ran. What is there now is used; everybody known before is in {aside}. To go back: faceedge restore {aside} --force.";
            logger.LogCritical("{Another}", another);
            return another;
        }

        string? kept = Replacement.Put(files, files.Rescued, "replaced");
        string told = $"{files.Database} was taken away while the daemon ran; what the daemon had saved is in its place, everybody is known as before.";
        logger.LogCritical("{Told} What was left there is kept as {Kept}.", told, kept ?? "nothing");
        return told;
    }

    private static bool Add(SqliteConnection target, RememberedPerson person)
    {
        if (Sqlite.Number(target, "SELECT EXISTS (SELECT 1 FROM face WHERE person_id = $person)", ("$person", person.PersonId)) != 0)
        {
            return false;
        }

        byte[] encoding = EncodingBlob.ToBytes(person.Encoding);
        Sqlite.Number(target, "INSERT OR IGNORE INTO person(id) VALUES($person)", ("$person", person.PersonId));
        Sqlite.Number(target, "INSERT INTO face(person_id, encoder, quality, encoding, evidence, checksum) VALUES($person, $encoder, $quality, $encoding, 0, $checksum)",
            ("$person", person.PersonId), ("$encoder", person.Encoder), ("$quality", TemplateQuality), ("$encoding", encoding),
            ("$checksum", EncodingChecksum.OfFace(person.PersonId, person.Encoder, TemplateQuality, 0, encoding)));
        return true;
    }

    /// <summary>Whether a whole database of ours is there that is not the one that was taken away.</summary>
    private static bool IsAnother(DatabaseFiles files, long mark)
    {
        if (!files.HasDatabase)
        {
            return false;
        }

        try
        {
            DatabaseInspection.RefuseForeign(files.Database);

            // Without its log, which is that of the other one.
            using SqliteConnection connection = Sqlite.Connect(Sqlite.UriOf(files.Database) + "?immutable=1", SqliteOpenMode.ReadOnly);
            return DatabaseJudge.FindDamage(connection, files.Database, Schema.Steps, facesAreReadNext: false) is null && Schema.FileMark(connection) != mark;
        }
        catch (StorageException)
        {
            return true; // another program's: that is told next
        }
        catch (SqliteException)
        {
            return false;
        }
    }
}
