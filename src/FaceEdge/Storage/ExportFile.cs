using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>
/// A database as the original application keeps it: table <c>Image(Person, Person_Img, Face_Encoding)</c>, encodings as float64. Encodings that the
/// original could not compare stand in a second table of the same columns. The file appears when it is whole.
/// </summary>
public sealed class ExportFile : IDisposable
{
    /// <summary>"FaEx": tells <see cref="LegacySource"/> that both tables belong together.</summary>
    internal const int ApplicationId = 0x46614578;

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
                CREATE TABLE Image(Person INTEGER, Person_Img BLOB, Face_Encoding BLOB);
                CREATE TABLE Image_Other(Person INTEGER, Person_Img BLOB, Face_Encoding BLOB, Encoder TEXT);
                BEGIN
                """);
            _image = Prepare("INSERT INTO Image VALUES($person, $image, $encoding)");
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
