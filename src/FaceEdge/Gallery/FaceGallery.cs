using System.Collections.Concurrent;
using System.Numerics.Tensors;
using FaceEdge.Metrics;
using FaceEdge.Storage;

namespace FaceEdge.Gallery;

/// <summary>
/// Everybody known: one template a person (the mean of the stored faces, see <see cref="EncodingMetric"/>) in an <see cref="EncodingMatrix"/>, and the
/// policy that matches a probe or registers a new person. Matching takes no lock and never waits for the disk; registering goes
/// through one lock held for microseconds, in which the rows written since the scan are looked at again, so that any number of
/// simultaneous probes of one new face make one person.
/// </summary>
public sealed partial class FaceGallery : IDisposable
{
    /// <summary>Faces on their way to the database at once: no request waits for them, so nothing else bounds their pictures in memory.</summary>
    private const int MaxLearning = 16;

    private readonly ImageDatabase _database;
    private readonly CurrentOptions _options;
    private readonly string _encoder;
    private readonly ILogger _logger;
    private readonly EncodingMetric _metric;
    private readonly Calibration _calibration;
    private readonly int _dimensions;
    private readonly EncodingMatrix _matrix;
    private readonly ConcurrentDictionary<int, Person> _rows;
    private readonly Dictionary<long, Person> _people;
    private readonly HashSet<long> _forgottenEarly = [];
    private readonly Lock _writer = new();
    private int _peopleCount;
    private int _learning;
    private Task _learned = Task.CompletedTask;

    /// <summary>A gallery of the people of that database.</summary>
    internal FaceGallery(ImageDatabase database, CurrentOptions options, StoredPeople people, ILogger logger)
    {
        _database = database;
        _options = options;
        _encoder = people.Encoder;
        _logger = logger;
        _metric = EncodingMetric.Of(_encoder);
        _calibration = MatchThreshold.Of(_encoder);
        _dimensions = people.Dimensions;
        (_matrix, _rows, _people) = (people.Matrix, people.Rows, people.ById);
        _peopleCount = _people.Count;
    }

    /// <summary>People known, those included whose commit is under way.</summary>
    public int People => Volatile.Read(ref _peopleCount);

    /// <summary>The threshold in force for faces of average evidence: the configured one, or what follows from the number of people.</summary>
    public float Threshold => MatchThreshold.For(_encoder, People, _options.Value.Gallery);

    /// <summary>Tells how many cores no photo is worked on: a search of a large gallery takes them to help.</summary>
    public Func<int> IdleCores { get; set; } = static () => 0;

    /// <summary>Reads everybody from a database.</summary>
    /// <param name="database">Open; stays the caller's.</param>
    /// <param name="options">Read anew for each probe.</param>
    /// <param name="encoder">Name of the encoder whose faces are read; others are never mixed in.</param>
    /// <param name="dimensions">Length of its encodings.</param>
    /// <param name="logger">For faces that could not be learned.</param>
    /// <exception cref="StorageException">The database can not be read.</exception>
    public static FaceGallery Load(ImageDatabase database, CurrentOptions options, string encoder, int dimensions, ILogger logger)
    {
        StoredPeople people = StoredPeople.Load(
            database.ReadFaces(encoder, dimensions, reuse: true), database.Count().People, encoder, dimensions, logger);
        return new FaceGallery(database, options, people, logger);
    }

    /// <summary>Says who a probe is; an unknown face that may register becomes a new person, durable when this returns.</summary>
    /// <exception cref="StorageException">The new person could not be written; nothing of it remains.</exception>
    public async Task<Identification> IdentifyAsync(Probe probe)
    {
        byte[]? image = null;
        bool imageMade = false;
        float[] row = _metric.Probe(probe.Encoding);
        Nearest? seen = probe.Nearest;
        while (true)
        {
            Nearest found = seen ?? FindNearest(probe.Encoding, probe.Evidence);
            seen = null;
            (BestRow best, float similarity, float threshold) = found;
            Person? matched = found.Matches ? PersonAt(best, row) : null;
            if (found.Matches && matched is null)
            {
                continue; // The row changed hands or was taught between the scan and now: look again.
            }

            if (matched is null)
            {
                var clock = StageClock.Start();
                if (!probe.MayRegister || !IsUncovered(probe))
                {
                    return new Identification(0, false, similarity, threshold);
                }

                if (!imageMade)
                {
                    (image, imageMade) = (probe.Image(), true);
                    clock.Lap("crop");
                }

                (matched, Person? registered, similarity, float since) = MatchOrRegister(best.Version, probe, row, image);
                if (registered is not null)
                {
                    long registeredId = await registered.Id;
                    clock.Lap("commit");
                    return new Identification(registeredId, true, found.Similarity, threshold);
                }

                threshold = since;
            }

            // A person registered a moment ago by somebody else is only answered once durable.
            long id = await matched!.Id;
            if (probe.MayRegister && similarity >= threshold + _options.Value.Gallery.LearnMargin)
            {
                Learn(id, matched, probe, image);
            }

            return new Identification(id, false, similarity, threshold);
        }
    }

    /// <summary>Deletes a person with all faces; the id is never given again.</summary>
    /// <returns>False when nobody has that id.</returns>
    /// <exception cref="StorageException">It could not be written; the person is still there.</exception>
    public async Task<bool> ForgetAsync(long id)
    {
        if (!await _database.ForgetAsync(id))
        {
            return false;
        }

        lock (_writer)
        {
            if (_people.Remove(id, out Person? person))
            {
                RemoveRow(person);
            }
            else
            {
                // Enrolled a moment ago: the commit has not been told to FinishAsync yet. It takes the row away then.
                _forgottenEarly.Add(id);
            }
        }

        return true;
    }

    /// <summary>Whom a face resembles most, without registering anybody.</summary>
    /// <param name="encoding">Of the face.</param>
    /// <param name="evidence">How much of a face the encoder saw; 0 when that is not known.</param>
    public Nearest FindNearest(float[] encoding, float evidence)
    {
        var clock = StageClock.Start();
        BestRow best = _matrix.FindBest(_metric.Probe(encoding), IdleCores());
        float similarity = best.Row < 0 ? 0 : _metric.Similarity(best.Similarity, encoding);
        float threshold = ThresholdFor(evidence, best.Row);
        clock.Lap("search");
        return new Nearest(best, similarity, threshold);
    }

    /// <summary>
    /// Whether the encoder need not look again at a face: after one look it matches so clearly that the second could not change who it is
    /// (<see cref="Calibration.ClearMargin"/>), and nothing of it will be kept, because its person has all the faces a template is made of.
    /// </summary>
    /// <param name="afterOneLook">What <see cref="FindNearest"/> says of the first look.</param>
    public bool IsSettled(in Nearest afterOneLook) =>
        afterOneLook.Best.Row >= 0
        && afterOneLook.Similarity >= afterOneLook.Threshold + _calibration.ClearMargin
        && _rows.TryGetValue(afterOneLook.Best.Row, out Person? person)
        && person.Faces >= _options.Value.Gallery.MaxFacesPerPerson;

    /// <summary>Ends when every face that is on its way to the database now has been learned: for who must find the same on every run.</summary>
    internal Task LearnedAsync()
    {
        lock (_writer)
        {
            return _learned;
        }
    }

    /// <summary>Everybody as they can be recognised by, for the day that the database is taken away: id and template.</summary>
    internal List<RememberedPerson> Remembered()
    {
        lock (_writer)
        {
            var everybody = new List<RememberedPerson>(_people.Count);
            var row = new float[_matrix.Dimensions];
            foreach ((long id, Person person) in _people)
            {
                _matrix.Read(person.Row, row);
                everybody.Add(new RememberedPerson(id, _encoder, row[.._dimensions]));
            }

            return everybody;
        }
    }

    /// <summary>Frees the matrix. The database must have been disposed of before: faces on their way to it still change templates.</summary>
    public void Dispose() => _matrix.Dispose();

    /// <summary>Under the lock: whoever was registered since the scan and matches, else a new person whose commit has been queued.</summary>
    private (Person? Matched, Person? Registered, float Similarity, float Threshold) MatchOrRegister(long scanned, Probe probe, float[] row, byte[]? image)
    {
        lock (_writer)
        {
            BestRow since = _matrix.FindBestSince(scanned, row);
            float similarity = _metric.Similarity(since.Similarity, probe.Encoding);
            float threshold = ThresholdFor(probe.Evidence, since.Row);
            if (similarity >= threshold)
            {
                return (_rows[since.Row], null, similarity, threshold);
            }

            // The person stands in _rows before the row can be found, so that a reader never meets a row without an owner.
            var face = new NewFace(probe.Encoding, _encoder, probe.Quality, image, probe.Evidence);
            var registered = new Person(_database.EnrolAsync(face), _matrix.NextRow(), _calibration.Offset(probe.Evidence));
            registered.Id = FinishAsync(registered);
            var template = new float[_matrix.Dimensions];
            registered.SumScale = _metric.WriteTemplate(probe.Encoding, 1, template);
            AddRow(registered, template);
            return (null, registered, 0, threshold);
        }
    }

    /// <summary>The id once the enrolment is durable; when it could not be written, nothing of the person remains.</summary>
    private async Task<long> FinishAsync(Person registered)
    {
        await Task.Yield(); // The caller holds the lock.
        try
        {
            long id = (await registered.Enrolment!).PersonId;
            lock (_writer)
            {
                if (_forgottenEarly.Remove(id))
                {
                    RemoveRow(registered);
                }
                else
                {
                    _people[id] = registered;
                }
            }

            return id;
        }
        catch
        {
            lock (_writer)
            {
                RemoveRow(registered);
            }

            throw;
        }
    }

    /// <summary>
    /// What a probe must reach to be the person of a row. A fixed threshold is meant as it is. Rows are compared by similarity alone, and only
    /// the nearest one's threshold is asked for: in streams that found the same people as comparing what exceeds each one's threshold.
    /// </summary>
    private float ThresholdFor(float evidence, int row)
    {
        GalleryOptions options = _options.Value.Gallery;
        float threshold = MatchThreshold.For(_encoder, People, options);
        return options.Threshold > 0 ? threshold
            : threshold + _calibration.Offset(evidence) + (_rows.TryGetValue(row, out Person? person) ? person.Offset : 0);
    }

    /// <summary>The owner of the best row, if the row is still what the scan saw.</summary>
    private Person? PersonAt(BestRow best, float[] row) =>
        _rows.TryGetValue(best.Row, out Person? person) && _matrix.Score(best.Row, row) == best.Similarity
            && _rows.TryGetValue(best.Row, out Person? still) && ReferenceEquals(person, still)
            ? person
            : null;

    /// <summary>Stores one more face of a known person and moves the template, in the background: an answer does not wait for it.</summary>
    private void Learn(long id, Person person, Probe probe, byte[]? image)
    {
        lock (_writer)
        {
            if (person.Learning || person.Faces >= _options.Value.Gallery.MaxFacesPerPerson || _learning >= MaxLearning)
            {
                return;
            }

            person.Learning = true;
            _learning++;
        }

        bool learns = false;
        try
        {
            learns = IsUncovered(probe);
        }
        finally
        {
            if (!learns)
            {
                EndLearning(person);
            }
        }

        if (!learns)
        {
            return;
        }

        Task learning = LearnAsync(id, person, new NewFace(probe.Encoding, _encoder, probe.Quality, image ?? probe.Image(), probe.Evidence));
        lock (_writer)
        {
            _learned = Task.WhenAll(_learned, learning);
        }
    }

    private static bool IsUncovered(in Probe probe) => probe.Uncovered?.Invoke() != false;

    private void EndLearning(Person person)
    {
        lock (_writer)
        {
            person.Learning = false;
            _learning--;
        }
    }

    private async Task LearnAsync(long id, Person person, NewFace face)
    {
        bool stored = false;
        try
        {
            stored = await _database.LearnAsync(id, face) != 0;
        }
        catch (Exception e) // Whatever it is: the answer was right all the same, and the next visit teaches.
        {
            LogNotLearned(_logger, id, e.Message);
        }

        lock (_writer)
        {
            person.Learning = false;
            _learning--;
            if (stored && _rows.TryGetValue(person.Row, out Person? owner) && ReferenceEquals(owner, person))
            {
                var row = new float[_matrix.Dimensions];
                _matrix.Read(person.Row, row);
                var sum = new float[_dimensions];
                TensorPrimitives.MultiplyAdd(row.AsSpan(0, _dimensions), person.SumScale, face.Encoding.Span, sum);
                person.Teach(_calibration.Offset(face.Evidence));
                person.SumScale = _metric.WriteTemplate(sum, person.Faces, row);
                _matrix.Replace(person.Row, row);
            }
        }
    }

    private void AddRow(Person person, ReadOnlySpan<float> template)
    {
        _rows[person.Row] = person;
        _matrix.Add(template);
        Volatile.Write(ref _peopleCount, _peopleCount + 1);
    }

    private void RemoveRow(Person person)
    {
        if (_rows.TryRemove(new KeyValuePair<int, Person>(person.Row, person)))
        {
            _matrix.Remove(person.Row);
            Volatile.Write(ref _peopleCount, _peopleCount - 1);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "person {Id}: a new face could not be stored, the template stays as it was: {Reason}")]
    private static partial void LogNotLearned(ILogger logger, long id, string reason);
}
