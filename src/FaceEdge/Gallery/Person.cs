using FaceEdge.Storage;

namespace FaceEdge.Gallery;

/// <summary>
/// What memory knows of one person beside the template's row. Changed only under the gallery's writer lock; <see cref="Id"/> may be
/// awaited by anybody.
/// </summary>
internal sealed class Person
{
    private float _offsets;
    private float _offset;

    /// <summary>A person of the database.</summary>
    public Person(long id, int row, float sumScale, int faces, float offsets)
    {
        Id = Task.FromResult(id);
        Row = row;
        SumScale = sumScale;
        Faces = faces;
        _offsets = offsets;
        _offset = offsets / faces;
    }

    /// <summary>A person just seen for the first time; <see cref="Id"/> is set before anybody else meets it.</summary>
    public Person(Task<StoredIds> enrolment, int row, float offset)
    {
        Enrolment = enrolment;
        Row = row;
        _offsets = offset;
        _offset = offset;
    }

    /// <summary>The write of a new person, on its way to the disk.</summary>
    public Task<StoredIds>? Enrolment { get; }

    /// <summary>The id, once it is durable; faults when the enrolment could not be written.</summary>
    public Task<long> Id { get; set; } = null!;

    /// <summary>The row of the template in the matrix.</summary>
    public int Row { get; }

    /// <summary>Template * SumScale is the sum of all face encodings, so that the mean can go on running.</summary>
    public float SumScale { get; set; } = 1;

    /// <summary>Faces in the template.</summary>
    public int Faces { get; private set; } = 1;

    /// <summary>What the evidence of the faces in the template adds to the threshold: their mean. May be read by anybody.</summary>
    public float Offset => Volatile.Read(ref _offset);

    /// <summary>Whether a face of this person is on its way to the database; the next one waits for another visit.</summary>
    public bool Learning { get; set; }

    /// <summary>One more face is in the template.</summary>
    /// <param name="offset">What its evidence adds to the threshold.</param>
    public void Teach(float offset)
    {
        Faces++;
        _offsets += offset;
        Volatile.Write(ref _offset, _offsets / Faces);
    }
}
