namespace FaceEdge.Storage;

/// <summary>Stores what an import takes over, many rows in one transaction.</summary>
public static class ImportWriter
{
    /// <summary>
    /// Keeps the ids up to the source's highest free for its people: whoever the daemon meets between two runs of an import gets an id
    /// above.
    /// </summary>
    /// <param name="database">Open.</param>
    /// <param name="highestGiven">See <see cref="ImportLedger.HighestGiven"/>.</param>
    /// <param name="highestOfSource">The highest id in the source.</param>
    /// <param name="highestNew">The highest id that the import gives to people without one; 0 for none.</param>
    /// <param name="emptied">The gallery was emptied for this: all ids are the source's.</param>
    /// <exception cref="StorageException">It could not be written.</exception>
    public static async Task ReserveAsync(ImageDatabase database, long highestGiven, long highestOfSource, long highestNew = 0, bool emptied = false)
    {
        long low = emptied ? 1 : highestGiven + 1;
        long highest = Math.Max(highestOfSource, highestNew);
        if (highest < low)
        {
            return;
        }

        await database.WriteAsync(statements =>
        {
            statements.Reserve(highest);
            if (highestOfSource >= low)
            {
                Sqlite.Number(statements.Connection, "INSERT INTO import_range(low, high) VALUES($low, $high)", ("$low", low), ("$high", highestOfSource));
            }

            return true;
        });
    }

    /// <summary>Stores rows, all or none, with what tells a later run that they are there. Completes when they survive power loss.</summary>
    /// <exception cref="StorageException">None of them was stored.</exception>
    public static Task StoreAsync(ImageDatabase database, IReadOnlyList<ImportedRow> rows) => database.WriteAsync(statements =>
    {
        using var remember = Sqlite.Prepare(statements.Connection,
            "INSERT INTO import_row(hash, person_id, pictured) VALUES($hash, $person, $pictured) ON CONFLICT DO UPDATE SET pictured = max(pictured, excluded.pictured)");
        var hash = remember.Parameters.AddWithValue("$hash", Array.Empty<byte>());
        var person = remember.Parameters.AddWithValue("$person", 0L);
        var pictured = remember.Parameters.AddWithValue("$pictured", 0L);
        foreach (ImportedRow row in rows)
        {
            statements.Adopt(row.PersonId, row.Name);
            long id = statements.Learn(row.PersonId, row.Face, EncodingBlob.ToBytes(row.Face.Encoding.Span));
            if (row.Second is { } other)
            {
                byte[] second = EncodingBlob.ToBytes(other.Values);
                Sqlite.Number(statements.Connection, "INSERT INTO face_encoding(face_id, encoder, encoding, checksum) VALUES($face, $encoder, $encoding, $checksum)",
                    ("$face", id), ("$encoder", other.Encoder), ("$encoding", second), ("$checksum", EncodingChecksum.OfSecond(id, other.Encoder, second)));
            }

            (hash.Value, person.Value, pictured.Value) = (row.Hash, row.PersonId, row.Pictured ? 1L : 0L);
            remember.ExecuteNonQuery();
        }

        return true;
    });
}
