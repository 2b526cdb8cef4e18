using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>
/// A database as the original application keeps it: table <c>ImageDB(Person, Person_Img, Face_Encoding)</c>, encodings as 128 float64; <c>Image</c> is another
/// name for it that can be written to as well. Encodings that the original could not compare stand in a second table of the same columns, names in
/// a third. The file appears when it is whole.
/// </summary>
public sealed class ExportFile : IDisposable
{
    /// <summary>"FaEx": tells <see cref="LegacySource"/> that both tables belong together.</summary>
    internal const int ApplicationId = 0x46614578;

    /// <summary>Numbers in an encoding of the original's.</summary>
    internal const int OriginalNumbers = 128;

    private readonly string _path;
    private readonly PartialFile _partial = null!;
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _image;
    private readonly SqliteCommand _other;

    /// <summary>Begins a file, private to this user.</summary>
    /// <exception cref="StorageException">There is one already, or it can not be written.</exception>
    public ExportFile(string path)
    {
        _path = Path.GetFullPath(path);
        try
        {
            _partial = new PartialFile(_path);
            _connection = Sqlite.Connect(_partial.Path, SqliteOpenMode.ReadWrite);
            Sqlite.Run(_connection,
                $"""
                PRAGMA application_id = {ApplicationId};
                PRAGMA journal_mode = OFF; -- half a file is deleted, not repaired
                CREATE TABLE ImageDB(Person INTEGER, Person_Img BLOB, Face_Encoding BLOB);
                CREATE VIEW Image AS SELECT Person, Person_Img, Face_Encoding FROM ImageDB;
                CREATE TRIGGER Image_Insert INSTEAD OF INSERT ON Image BEGIN
                    INSERT INTO ImageDB VALUES(new.Person, new.Person_Img, new.Face_Encoding);
                END;
                CREATE TABLE Image_Name(Person INTEGER PRIMARY KEY, Name TEXT NOT NULL);
                CREATE TABLE Image_Other(Person INTEGER, Person_Img BLOB, Face_Encoding BLOB, Encoder TEXT);
                BEGIN
                """);
            _image = Prepare("INSERT INTO ImageDB VALUES($person, $image, $encoding)");
            _other = Prepare("INSERT INTO Image_Other VALUES($person, $image, $encoding, $encoder)");
            _other.Parameters.AddWithValue("$encoder", "");
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            _connection?.Dispose();
            _partial?.Dispose();
            throw StorageException.From(e, _path);
        }
    }

    /// <summary>Adds a face that the original can compare.</summary>
    /// <exception cref="StorageException">It could not be written.</exception>
    public void Add(long person, byte[]? image, float[] dlib) => Insert(_image, person, image, dlib);

    /// <summary>Adds a face that it can not.</summary>
    /// <exception cref="StorageException">It could not be written.</exception>
    public void AddOther(long person, byte[]? image, float[] encoding, string encoder)
    {
        _other.Parameters[3].Value = encoder;
        Insert(_other, person, image, encoding);
    }

    /// <summary>Notes what a person is called.</summary>
    /// <exception cref="StorageException">It could not be written.</exception>
    public void AddName(long person, string name) => Do(() => Sqlite.Number(_connection,
        "INSERT OR REPLACE INTO Image_Name VALUES($person, $name)", ("$person", person), ("$name", name)));

    /// <summary>
    /// Keeps the original above every id given: it gives new people MAX(Person) + 1. Where the highest id is not among those that it can compare, a
    /// row of zeros stands for it, which no face is near to.
    /// </summary>
    /// <param name="highestGiven">The highest id ever given.</param>
    /// <returns>Whether such a row was needed.</returns>
    /// <exception cref="StorageException">It could not be written.</exception>
    public bool HoldAbove(long highestGiven)
    {
        bool needed = highestGiven > 0 && Sqlite.Run(_path, () => Sqlite.Number(_connection, "SELECT max(Person) FROM ImageDB")) < highestGiven;
        if (needed)
        {
            Add(highestGiven, null, new float[OriginalNumbers]);
        }

        return needed;
    }

    /// <summary>Makes it durable and gives it its name.</summary>
    /// <exception cref="StorageException">It could not be written.</exception>
    public void Finish() => Do(() =>
    {
        Sqlite.Run(_connection, "COMMIT");
        Close();
        _partial.Finish();
    });

    /// <summary>Removes what was not finished.</summary>
    public void Dispose()
    {
        Close();
        _partial.Dispose();
    }

    private void Close()
    {
        _image.Dispose();
        _other.Dispose();
        _connection.Dispose();
    }

    private SqliteCommand Prepare(string sql)
    {
        SqliteCommand command = Sqlite.Prepare(_connection, sql);
        command.Parameters.AddWithValue("$person", 0L);
        command.Parameters.AddWithValue("$image", DBNull.Value);
        command.Parameters.AddWithValue("$encoding", DBNull.Value);
        return command;
    }

    private void Insert(SqliteCommand command, long person, byte[]? image, float[] encoding) => Do(() =>
    {
        double[] numbers = Array.ConvertAll(encoding, static value => (double)value);
        command.Parameters[0].Value = person;
        command.Parameters[1].Value = (object?)image ?? DBNull.Value;
        command.Parameters[2].Value = MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray();
        command.ExecuteNonQuery();
    });

    private void Do(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw StorageException.From(e, _path);
        }
    }
}
