namespace FaceEdge.Storage;

/// <summary>The table of the original application as a view of ours, under both names that people know it by.</summary>
internal static class OriginalView
{
    /// <summary>
    /// A step of the schema. The original's own table is <c>ImageDB</c>, and its encodings are float64: so those of <c>dlib128</c> are shown, others
    /// as they are. The original reads Face_Encoding and Person in two queries and pairs them by place, hence NOT INDEXED: both go through the
    /// faces in one order. SQL has no way from float32 to float64, so the bits are moved byte by byte: 2 ms a face, nothing when the column is
    /// not asked for.
    /// </summary>
    public static string Create { get; } =
        $"""
        DROP VIEW Image;
        CREATE VIEW ImageDB AS
            SELECT face.person_id AS Person, face_image.image AS Person_Img,
                CASE WHEN length(coalesce(other.encoding, face.encoding)) <> 512 THEN coalesce(other.encoding, face.encoding) ELSE ( -- 128 float32: dlib128
                    WITH RECURSIVE
                        octet(a) AS (SELECT x'{Convert.ToHexString([.. Enumerable.Range(0, 256).Select(static value => (byte)value)])}'),
                        single(i, b0, b1, b2, b3) AS (
                            SELECT -4, 0, 0, 0, 0
                            UNION ALL
                            SELECT i + 4,
                                instr(a, substr(coalesce(other.encoding, face.encoding), i + 5, 1)) - 1,
                                instr(a, substr(coalesce(other.encoding, face.encoding), i + 6, 1)) - 1,
                                instr(a, substr(coalesce(other.encoding, face.encoding), i + 7, 1)) - 1,
                                instr(a, substr(coalesce(other.encoding, face.encoding), i + 8, 1)) - 1
                            FROM single, octet WHERE i < 508)
                    SELECT CAST(group_concat(CASE WHEN (b3 & 127) = 0 AND b2 < 128 THEN x'00000000000000' || substr(a, 1 + (b3 & 128), 1)
                        ELSE x'000000' || substr(a, 1 + ((b0 & 7) << 5), 1) || substr(a, 1 + ((b0 >> 3) | ((b1 & 7) << 5)), 1)
                            || substr(a, 1 + ((b1 >> 3) | ((b2 & 7) << 5)), 1) || substr(a, 1 + (((b3 & 7) << 5) | (b2 >> 3)), 1)
                            || substr(a, 1 + ((b3 & 128) | (((b3 & 127) >> 3) + 56)), 1) END, '') AS BLOB)
                    FROM single, octet WHERE i >= 0
                ) END AS Face_Encoding
            FROM face NOT INDEXED
            LEFT JOIN face_image ON face_image.face_id = face.id
            LEFT JOIN face_encoding AS other ON other.face_id = face.id AND other.encoder = (SELECT value FROM meta WHERE key = 'encoder');
        CREATE VIEW Image AS SELECT Person, Person_Img, Face_Encoding FROM ImageDB;
        """;
}
