using System.Collections.Concurrent;
using System.Numerics.Tensors;
using FaceEdge.Storage;

namespace FaceEdge.Gallery;

/// <summary>Everybody of a database as a gallery has them in memory: what a start reads, and a <see cref="FaceGallery"/> takes over.</summary>
internal sealed class StoredPeople : IDisposable
{
    private readonly EncodingMetric _metric;

    private StoredPeople(string encoder, int dimensions, int expected)
    {
        (Encoder, Dimensions, _metric) = (encoder, dimensions, EncodingMetric.Of(encoder));
        Matrix = new EncodingMatrix(_metric.RowLength(dimensions));
        Rows = new ConcurrentDictionary<int, Person>(Environment.ProcessorCount, expected);
        ById = new Dictionary<long, Person>(expected);
        Matrix.Reserve(expected);
    }

    /// <summary>The encoder whose faces these are.</summary>
    public string Encoder { get; }

    /// <summary>Length of its encodings.</summary>
    public int Dimensions { get; }

    /// <summary>A template for each person who has one.</summary>
    public EncodingMatrix Matrix { get; }

    /// <summary>Who has which row of it.</summary>
    public ConcurrentDictionary<int, Person> Rows { get; }

    /// <summary>The same people by their ids.</summary>
    public Dictionary<long, Person> ById { get; }

    /// <summary>Makes the templates of all faces.</summary>
    /// <param name="faces">Ordered by person; the encodings may all come in the same array.</param>
    /// <param name="people">How many there are, with a face or without: room is made for so many.</param>
    /// <param name="encoder">Whose encodings they are.</param>
    /// <param name="dimensions">Length of the encodings.</param>
    /// <param name="logger">Hears of people who have no face.</param>
    /// <exception cref="StorageException">The faces can not be read.</exception>
    public static StoredPeople Load(IEnumerable<StoredFace> faces, long people, string encoder, int dimensions, ILogger logger)
    {
        var loaded = new StoredPeople(encoder, dimensions, (int)people);
        try
        {
            loaded.Add(faces);
        }
        catch
        {
            loaded.Dispose();
            throw;
        }

        if (people - loaded.ById.Count is > 0 and var unmatched)
        {
            logger.LogWarning(
                "{People} people have no encoding of {Encoder}: they match nothing, and when they come again they get a new id. See faceedge reencode --dry-run.",
                unmatched, encoder);
        }

        return loaded;
    }

    /// <summary>Frees the matrix; not for what a gallery has taken over.</summary>
    public void Dispose() => Matrix.Dispose();

    private void Add(IEnumerable<StoredFace> faces)
    {
        Calibration calibration = MatchThreshold.Of(Encoder);
        var sum = new float[Dimensions];
        float offsets = 0;
        long person = 0;
        int count = 0;
        foreach (StoredFace face in faces)
        {
            if (face.PersonId != person)
            {
                Add(person, sum, count, offsets);
                (person, count, offsets) = (face.PersonId, 0, 0);
                Array.Clear(sum);
            }

            TensorPrimitives.Add(sum, face.Encoding, sum);
            offsets += calibration.Offset(face.Evidence);
            count++;
        }

        Add(person, sum, count, offsets);
    }

    private void Add(long id, float[] sum, int faces, float offsets)
    {
        Span<float> row = stackalloc float[Matrix.Dimensions];
        float scale = faces == 0 ? 0 : _metric.WriteTemplate(sum, faces, row);
        if (!(scale > 0))
        {
            return;
        }

        var person = new Person(id, Matrix.NextRow(), scale, faces, offsets);
        ById[id] = person;
        Rows[person.Row] = person;
        Matrix.Add(row);
    }
}
