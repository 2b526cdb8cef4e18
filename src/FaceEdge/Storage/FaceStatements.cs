using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>The statements of the writer, prepared once. Used by the writer's thread alone, inside its transaction.</summary>
internal sealed class FaceStatements : IDisposable
{
    private readonly SqliteCommand _insertPerson;
    private readonly SqliteCommand _insertFace;
    private readonly SqliteCommand _insertImage;
    private readonly SqliteCommand _deletePerson;

    public FaceStatements(SqliteConnection connection)
    {
        Connection = connection;
        _insertPerson = Prepare("INSERT INTO person DEFAULT VALUES RETURNING id");
        // The EXISTS makes a face of a forgotten person no row instead of a failed transaction.
        _insertFace = Prepare(
            """
            INSERT INTO face(person_id, encoder, quality, encoding, evidence, checksum)
            SELECT $person, $encoder, $quality, $encoding, $evidence, $checksum WHERE EXISTS (SELECT 1 FROM person WHERE id = $person)
            RETURNING id
            """, "$person", "$encoder", "$quality", "$encoding", "$evidence", "$checksum");
        _insertImage = Prepare("INSERT INTO face_image(face_id, image) VALUES($face, $image)", "$face", "$image");
        _deletePerson = Prepare("DELETE FROM person WHERE id = $person", "$person");
    }

    public SqliteConnection Connection { get; }

    /// <summary>The highest person id given in this transaction.</summary>
    public long HighestPersonId { get; private set; }

    /// <summary>Whether this transaction deletes a face.</summary>
    public bool Erases { get; private set; }

    /// <summary>A transaction begins.</summary>
    public void Reset() => (HighestPersonId, Erases) = (0, false);

    public StoredIds Enrol(NewFace face, byte[] encoding)
    {
        long person = (long)_insertPerson.ExecuteScalar()!;
        HighestPersonId = Math.Max(HighestPersonId, person);
        return new StoredIds(person, InsertFace(person, face, encoding));
    }

    /// <summary>A person with an id from elsewhere, if nobody has it yet; a name that the gallery knows stays.</summary>
    public void Adopt(long person, string? name = null)
    {
        RefuseBeyond(person);
        using var command = Sqlite.Prepare(Connection,
            "INSERT INTO person(id, name) VALUES($person, $name) ON CONFLICT(id) DO UPDATE SET name = excluded.name WHERE name IS NULL AND excluded.name IS NOT NULL");
        command.Parameters.AddWithValue("$person", person);
        command.Parameters.AddWithValue("$name", (object?)name ?? DBNull.Value);
        if (command.ExecuteNonQuery() > 0)
        {
            HighestPersonId = Math.Max(HighestPersonId, person);
        }
    }

    /// <summary>
    /// Makes new people's ids begin above <paramref name="person"/>. Nobody gets an id by that, so the mark of ids stays: raised before the commit, a
    /// kill in between would leave it so far ahead that the next start would take this database for an older one.
    /// </summary>
    public void Reserve(long person)
    {
        RefuseBeyond(person);
        Sqlite.Number(Connection, "UPDATE sqlite_sequence SET seq = max(seq, $person) WHERE name = 'person'", ("$person", person));
        Sqlite.Number(Connection,
            "INSERT INTO sqlite_sequence(name, seq) SELECT 'person', $person WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'person')",
            ("$person", person));
    }

    /// <summary>The new face's id; 0 when the person is gone.</summary>
    public long Learn(long person, NewFace face, byte[] encoding) => InsertFace(person, face, encoding);

    public bool Forget(long person)
    {
        _deletePerson.Parameters[0].Value = person;
        bool known = _deletePerson.ExecuteNonQuery() > 0;
        Erases |= known;
        return known;
    }

    public void Dispose()
    {
        _insertPerson.Dispose();
        _insertFace.Dispose();
        _insertImage.Dispose();
        _deletePerson.Dispose();
    }

    private static void RefuseBeyond(long person)
    {
        if (person is < 1 or > IdMark.MaxId)
        {
            throw new StorageException(StorageProblem.Other, $"{person} can not be a person's id: ids are from 1 to {IdMark.MaxId}.");
        }
    }

    private long InsertFace(long person, NewFace face, byte[] encoding)
    {
        var parameters = _insertFace.Parameters;
        parameters[0].Value = person;
        parameters[1].Value = face.Encoder;
        parameters[2].Value = (double)face.Quality;
        parameters[3].Value = encoding;
        parameters[4].Value = (double)face.Evidence;
        parameters[5].Value = EncodingChecksum.OfFace(person, face.Encoder, face.Quality, face.Evidence, encoding);
        if (_insertFace.ExecuteScalar() is not long id)
        {
            return 0;
        }

        if (face.Image is not null)
        {
            _insertImage.Parameters[0].Value = id;
            _insertImage.Parameters[1].Value = face.Image;
            _insertImage.ExecuteNonQuery();
            _insertImage.Parameters[1].Value = DBNull.Value; // do not keep a photo alive until the next one
        }

        return id;
    }

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = Sqlite.Prepare(Connection, sql);
        foreach (string name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name, Value = DBNull.Value });
        }

        command.Prepare();
        return command;
    }
}
