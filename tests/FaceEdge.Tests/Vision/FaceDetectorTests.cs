using FaceEdge.Vision;

namespace FaceEdge.Tests.Vision;

public class FaceDetectorTests
{
    // Random boxes and scores (numpy default_rng(7)); the expected survivors come from greedy suppression written in numpy after torchvision.ops.nms.
    private static readonly FaceBox[] Boxes =
    [
        new(52.6f, 10.6f, 68.6f, 47.5f, 0.3f),
        new(33.1f, 20f, 59.8f, 48.7f, 0.55f),
        new(32.6f, 8.9f, 55.7f, 42.7f, 0.35f),
        new(70.3f, 20.7f, 85.9f, 45.1f, 0.8f),
        new(52.4f, 29f, 68.2f, 47.1f, 0.95f),
        new(52.9f, 44f, 92f, 75.5f, 0.65f),
        new(15f, 56.7f, 40.7f, 84.8f, 0.75f),
        new(58.3f, 62.4f, 95.1f, 86f, 0.4f),
        new(39.3f, 12.7f, 69.1f, 44.8f, 0.9f),
        new(19.6f, 61.7f, 43.5f, 89.7f, 0.5f),
        new(36.1f, 12f, 70.2f, 49.7f, 0.6f),
        new(63.7f, 39.3f, 82.4f, 77.7f, 0.85f),
        new(46.6f, 25.7f, 61.7f, 59.5f, 0.7f),
        new(27f, 25.2f, 62.3f, 43.6f, 0.45f),
    ];

    [Theory]
    [InlineData(0.3f, new[] { 4, 8, 11, 3, 6, 12, 7 })]
    [InlineData(0.1f, new[] { 4, 11, 3, 6, 2 })]
    [InlineData(0.5f, new[] { 4, 8, 11, 3, 6, 12, 5, 1, 7, 2, 0 })]
    public void SuppressionKeepsWhatTheReferenceKeeps(float overlap, int[] kept)
    {
        List<FaceBox> boxes = [.. Boxes];
        NonMaxSuppression.Apply(boxes, overlap);
        Assert.Equal(kept.Select(i => Boxes[i]), boxes);
    }

    [Fact]
    public void OverlapIsIntersectionOverUnion()
    {
        Assert.Equal(0.170883, Boxes[0].OverlapWith(Boxes[1]), 1e-5);
        Assert.Equal(0.496130, Boxes[2].OverlapWith(Boxes[1]), 1e-5);
        Assert.Equal(1, Boxes[3].OverlapWith(Boxes[3]), 1e-6);
        Assert.Equal(0, Boxes[3].OverlapWith(Boxes[6]));
        // Sharing an edge is not sharing area.
        Assert.Equal(0, new FaceBox(0, 0, 2, 2, 1).OverlapWith(new FaceBox(2, 0, 4, 2, 1)));
    }

    [Theory]
    [InlineData(640, 480, 320, 240, 2, 2)]
    [InlineData(1920, 1080, 320, 180, 6, 6)]
    [InlineData(1080, 1920, 135, 240, 8, 8)]
    [InlineData(150, 150, 240, 240, 0.625, 0.625)]
    [InlineData(100, 33, 320, 106, 0.3125, 0.311321)]
    [InlineData(1, 1, 240, 240, 1 / 240.0, 1 / 240.0)]
    [InlineData(1, 65_000, 1, 240, 1, 270.833333)]
    [InlineData(65_000, 1, 320, 1, 203.125, 1)]
    public void TheImageLiesOnTheCanvasAsLargeAsFits(int width, int height, int onWidth, int onHeight, double scaleX, double scaleY)
    {
        var letterbox = Letterbox.Fit(width, height, 320, 240);
        Assert.Equal((0, 0, onWidth, onHeight), (letterbox.X, letterbox.Y, letterbox.Width, letterbox.Height));
        Assert.Equal(scaleX, letterbox.ScaleX, 1e-4);
        Assert.Equal(scaleY, letterbox.ScaleY, 1e-4);
    }

    [Fact]
    public void BoxesComeBackInImagePixels()
    {
        // A 1920x1080 photo is 320x180 on the canvas: six photo pixels to one, 1440 rows of them in the relative height.
        float[] boxes =
        [
            0.25f, 0.125f, 0.5f, 0.5f, // plain: 480, 180, 960, 720
            -0.1f, 0.5f, 0.1f, 1f, // over the left and lower edge: -192, 720, 192, 1440
            0.2f, 0.8f, 0.3f, 0.9f, // in the padding
            float.NaN, 0.1f, 0.2f, 0.2f, // nonsense
            0.9f, 0.1f, 1.2f, 0.3f, // over the right edge: 1728, 144, 2304, 432
        ];
        FaceBox[] found = [.. Place(boxes, new Look(0, 0, 1920, 1080))];
        Assert.Equal([new(480, 180, 960, 720, 0.7f), new(-192, 720, 192, 1440, 0.7f), new(1728, 144, 2304, 432, 0.7f)], found);
        Assert.Equal(new FaceBox(0, 720, 192, 1080, 0.7f), found[1].Inside(1920, 1080));
    }

    [Fact]
    public void BoxesOfATileComeBackWhereTheTileLies()
    {
        // A tile of 640x480 at (1000, 500) fills the canvas: two photo pixels to one. 1000 + 0.25 * 640, 500 + 0.5 * 480, ..
        FaceBox[] found = [.. Place([0.25f, 0.5f, 0.5f, 0.75f], new Look(1000, 500, 640, 480))];
        Assert.Equal([new(1160, 740, 1320, 860, 0.7f)], found);
    }

    [Fact]
    public void BoxesOfAWideLookComeBackFromTheMiddleOfTheCanvas()
    {
        // 800x800 at half the size that fits: 120x120 canvas pixels from (100, 60) to (220, 180), 6 2/3 photo pixels to one.
        var look = new Look(0, 0, 800, 800, Wide: true);
        var on = look.On(320, 240);
        Assert.Equal((100, 60, 120, 120), (on.X, on.Y, on.Width, on.Height));
        // (80, 60) on the canvas is 20 pixels left of the photo's upper left corner; (220, 180) is its lower right one. The second lies in the padding.
        FaceBox[] found = [.. Place([0.25f, 0.25f, 0.6875f, 0.75f, 0.75f, 0.25f, 0.9f, 0.75f], look)];
        Assert.Equal([new(-133.33f, 0, 800, 800, 0.7f)], found);
        Assert.Equal(new FaceBox(0, 0, 800, 800, 0.7f), found[0].Inside(800, 800));
    }

    // Positions worked out by hand from the rule: overlap at least 48 canvas pixels, spread evenly from border to border.
    [Theory]
    [InlineData(640, 480, 0.9, 2, 2, 356, 267, new[] { 0, 284 }, new[] { 0, 213 })]
    [InlineData(1920, 1080, 0.3, 2, 2, 1067, 800, new[] { 0, 853 }, new[] { 0, 280 })]
    [InlineData(4000, 3000, 0.272, 4, 4, 1176, 882, new[] { 0, 941, 1883, 2824 }, new[] { 0, 706, 1412, 2118 })]
    [InlineData(200, 900, 0.5, 1, 3, 200, 480, new[] { 0 }, new[] { 0, 210, 420 })]
    public void TilesCoverAPhotoAndOverlap(
        int width, int height, double scale, int columns, int rows, int tileWidth, int tileHeight, int[] lefts, int[] tops)
    {
        var grid = TileGrid.Cover(width, height, scale);
        Assert.Equal(new TileGrid(columns, rows, tileWidth, tileHeight, width, height), grid);
        Assert.Equal(columns * rows, grid.Count);
        for (var i = 0; i < grid.Count; i++)
        {
            Assert.Equal(new Look(lefts[i % columns], tops[i / columns], tileWidth, tileHeight), grid.Tile(i));
        }
    }

    [Fact]
    public void ShareIsThatOfTheSmallerBox()
    {
        var face = new FaceBox(0, 0, 100, 100, 1);
        Assert.Equal(1, face.ShareWith(new FaceBox(20, 20, 40, 60, 1)));
        Assert.Equal(0.5, face.ShareWith(new FaceBox(90, 0, 110, 20, 1)), 1e-6);
        Assert.Equal(0.25, face.ShareWith(new FaceBox(50, 50, 150, 150, 1)), 1e-6);
        Assert.Equal(0, face.ShareWith(new FaceBox(100, 0, 200, 100, 1)));
    }

    [Fact]
    public void TheLargestFaceIsTheSubjectAndTiesGoToTheMiddle()
    {
        FaceBox[] boxes = [new(0, 0, 40, 40, 1), new(60, 0, 160, 100, 0.7f), new(160, 10, 257, 107, 0.8f), new(340, 340, 399, 399, 1)];
        // The second and third are equally large but for 6 %; the third is nearer to the middle of 400x400.
        Assert.Equal(2, Subject.Choose(boxes, 400, 400));
        Assert.Equal(1, Subject.Choose(boxes, 200, 100));
        boxes[0] = new FaceBox(0, 0, 150, 150, 0.7f);
        Assert.Equal(0, Subject.Choose(boxes, 400, 400));
    }

    /// <summary>Boxes relative to the canvas in image pixels, rounded to hundredths of one.</summary>
    private static IEnumerable<FaceBox> Place(float[] boxes, Look look)
    {
        var on = look.On(320, 240);
        foreach (var box in boxes.Chunk(4))
        {
            if (FaceDetector.TryPlace(new FaceBox(320 * box[0], 240 * box[1], 320 * box[2], 240 * box[3], 0.7f), look, on, out var found))
            {
                yield return new FaceBox(Whole(found.X1), Whole(found.Y1), Whole(found.X2), Whole(found.Y2), found.Score);
            }
        }
    }

    private static float Whole(float value) => MathF.Round(value, 2);
}
