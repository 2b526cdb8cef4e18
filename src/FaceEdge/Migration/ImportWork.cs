using FaceEdge.Recognition;
using FaceEdge.Storage;

namespace FaceEdge.Migration;

/// <summary>A row on its way through an import.</summary>
/// <param name="number">Its place, from 1.</param>
/// <param name="row">Its values; null once nothing of them is needed, so that they do not stay in memory.</param>
internal sealed class ImportWork(long number, LegacyRow? row)
{
    /// <summary>Its place, from 1.</summary>
    public long Number { get; } = number;

    /// <summary>Its values, as long as picture and encoding are to be looked at.</summary>
    public LegacyRow? Row { get; private set; } = row;

    /// <summary>Whose the source says it is.</summary>
    public PersonKey Key { get; init; }

    /// <summary>Whose it is; null when that can not be read.</summary>
    public long? Person { get; set; }

    /// <summary>What the person is called; null when that is not known.</summary>
    public string? Name { get; init; }

    /// <summary>See <see cref="RowHash"/>.</summary>
    public byte[] Hash { get; init; } = [];

    /// <summary>What earlier imports took of it.</summary>
    public ImportStanding Standing { get; init; }

    /// <summary>What becomes of it.</summary>
    public Verdict Verdict { get; set; }

    /// <summary>What there is to say about it.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Whether picture and encoding are to be looked at.</summary>
    public bool Open { get; set; }

    /// <summary>The encoding that it came with.</summary>
    public FoundEncoding? Encoding { get; set; }

    /// <summary>The face on its picture.</summary>
    public NewFace? Portrait { get; set; }

    /// <summary>What is to be stored.</summary>
    public NewFace? Face { get; set; }

    /// <summary>A second encoding to be stored.</summary>
    public SecondEncoding? Second { get; set; }

    /// <summary>Bytes that its values take.</summary>
    public long Bytes => Open && Row is not null ? BytesOf(Row.Picture) + BytesOf(Row.Encoding) : 0;

    /// <summary>Lets go of its values: rows that wait for their transaction must not hold pictures.</summary>
    public void Close() => Row = null;

    /// <summary>Reads encoding and picture, and lets go of the row; any number of rows at once.</summary>
    public void LookInto(PictureCell pictures, Portraits portraits)
    {
        LegacyRow row = Row!;
        Row = null;
        if (row.TooLarge is { } large)
        {
            Notes.Add(large);
        }

        try
        {
            Encoding = row.Encoding is { } cell ? EncodingCell.Read(cell) : null;
        }
        catch (CellException e)
        {
            Notes.Add(e.Message);
        }

        try
        {
            if (pictures.Read(row.Picture) is { } photo)
            {
                Portrait portrait = portraits.Read(photo);
                Portrait = portrait.Face;
                if (portrait.Problem is { } problem)
                {
                    Notes.Add(problem);
                }
            }
        }
        catch (CellException e)
        {
            Notes.Add(e.Message);
        }
    }

    private static long BytesOf(object? cell) => cell switch { byte[] bytes => bytes.Length, string text => 2L * text.Length, _ => 0 };
}
